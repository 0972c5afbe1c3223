{# As Brian2's template of this name, but conditions are evaluated for a block of cells at once, which
   the compiler can vectorize; most blocks have no event and are passed over. #}
{# USES_VARIABLES { N } #}
{% extends 'common_group.cpp' %}

{% block extra_headers %}
{{ super() }}
#include "flags.h"
{% endblock %}

{% block maincode %}
    // scalar code
    const int _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    {% set _eventspace = get_array_name(eventspace_variable) %}
    long _count = 0;
    {% if _uses_refractory %}
    for(size_t _idx=0; _idx<N; _idx++)
    {
        const size_t _vectorisation_idx = _idx;
        {{vector_code|autoindent}}
        if(_cond) {
            {{_eventspace}}[_count++] = _idx;
            {{not_refractory}}[_idx] = false;
            {{lastspike}}[_idx] = {{t}};
        }
    }
    {% else %}
    {# Where the condition begins with what holds for all cells or none, mostly there is nothing to do. #}
    {% set code = vector_code if vector_code is string else vector_code|join('\n') %}
    {% if 'i' in variables %}
        {% set code = code | replace(get_array_name(variables['i']) + '[_idx]', '(_first + (int32_t) _b)') %}
    {% endif %}
    {% set left = namespace(code=code) %}
    {% for shared in ('_lio_1', '_lio_2') if '_cond =' in code %}
        {% set begun = left.code.count('_cond = ' ~ shared ~ ' && ') + left.code.count('_cond = ' ~ shared ~ ';') %}
        {% if begun == left.code.count('_cond = ') %}
            {% set left.code = left.code | replace(shared ~ ' && ', '') %}
    if (!{{shared}})
    {
        BIOPLAST_TAKEN("{{codeobj_name}}", "shared condition")
    }
    else
        {% endif %}
    {% endfor %}
    {% set code = left.code %}
    {
    for (size_t _start = 0; _start < N; _start += 64)
    {
        uint64_t _found = 0;
        {# Counted with a sign, as what wraps around may lie anywhere and cannot be read side by side. #}
        const int32_t _first = _start;
        char _conds[64] = {};
        BIOPLAST_TAKEN("{{codeobj_name}}", "{{ 'bits' if 'fires(' in code else 'block' }}
            {{- ', looking up' if 'i' in variables and get_array_name(variables['i']) in code }}")
        {# The compiler unrolls a loop whose length it knows, and sets bits at once where numbers have 64. #}
        {% for length in ('64', '(long) (N - _start)') %}
        {{ 'if (N - _start >= 64)' if loop.first else 'else' }}
            for (long _b = 0; _b < {{length}}; ++_b)
            {
                const size_t _idx = _start + _b;
                const size_t _vectorisation_idx = _idx;
                {{code|autoindent}}
                {% if 'fires(' in code %}
                _found |= (uint64_t) (_cond != 0) << _b;
                {% else %}
                _conds[_b] = _cond != 0;
                {% endif %}
            }
        {% endfor %}
        {% if 'fires(' not in code %}
        _found = bioplast::pack(_conds);
        {% endif %}
        _count = bioplast::append_places(_found, _first, {{_eventspace}}, _count, N);
    }
    }
    {% endif %}
    {{_eventspace}}[N] = _count;
{% endblock %}

{% block after_code %}
{% set _eventspace = get_array_name(eventspace_variable) %}
{{_eventspace}}[N] = 0;
{% endblock %}
