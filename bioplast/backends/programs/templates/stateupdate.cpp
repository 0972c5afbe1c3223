{# As Brian2's template of this name, but code with the variable `on_path`, which does nothing where that is
   false, is run only for the cells from the first to the last for which it is true; and code with `learning`
   only while that is not 0. #}
{# USES_VARIABLES { N } #}
{# ALLOWS_SCALAR_WRITE #}
{% extends 'common_group.cpp' %}

{% block extra_headers %}
{{ super() }}
#include "flags.h"
{% endblock %}

{% block maincode %}
    // scalar code
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}
    {% set prepared = scalar_code if scalar_code is string else scalar_code|join('\n') %}
    {% if 'int32_t learning ' in prepared %}
    if (!learning)
    {
        BIOPLAST_TAKEN("{{codeobj_name}}", "not learning")
        return;
    }
    {% endif %}

    {# Of synapses the number is known when they are made. #}
    const int _N = {{constant_or_scalar('N', variables['N'])}};
    {% set code = vector_code if vector_code is string else vector_code|join('\n') %}
    {# The number of a cell is not looked up; of synapses `i` is the presynaptic cell. #}
    {% if 'i' in variables and variables['i'].name == 'i' %}
        {% set code = code | replace(get_array_name(variables['i']) + '[_idx]', '_idx') %}
    {% endif %}
    {# Where each goes by its own number, they can be moved side by side; the compiler can't see that. #}
    {% set alone = code.count('idx]') == code.count('[_idx]') and '[0] =' not in code %}
    {% if 'char on_path' in code %}
    static const bioplast::Stretch _on_path({{get_array_name(variables['learns'])}}, _N);
    BIOPLAST_TAKEN("{{codeobj_name}}", "on path")
    {{ '#pragma GCC ivdep' if alone }}
    for (int _idx = _on_path.first; _idx < _on_path.end; ++_idx)
    {% else %}
    {% if alone %}
    BIOPLAST_TAKEN("{{codeobj_name}}", "side by side")
    #pragma GCC ivdep
    {% endif %}
    for (int _idx = 0; _idx < _N; ++_idx)
    {% endif %}
    {
        const size_t _vectorisation_idx = _idx;
        {{code|autoindent}}
    }
{% endblock %}
