{# As Brian2's template of this name, but where the synapses are a whole matrix, row by row, the sums of up to
   16 targets are kept in registers. Each is still added up in the order of the synapses. #}
{# USES_VARIABLES { N, _synaptic_pre, _synaptic_post } #}
{% extends 'common_group.cpp' %}

{% block extra_headers %}
{{ super() }}
#include "runs.h"
{% endblock %}

{% block maincode %}
    {% set _target_var_array = get_array_name(_target_var) %}
    {% set _index_array = get_array_name(_index_var) %}
    {% set code = vector_code if vector_code is string else vector_code|join('\n') %}
    const int _target_size = {{constant_or_scalar(_target_size_name, variables[_target_size_name])}};
    const int _n_synapses = {{N}};

    // scalar code
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    {% if _index_array == get_array_name(variables['_synaptic_post']) %}
    {% set pre = get_array_name(variables['_synaptic_pre']) %}
    static const bool _is_matrix =
        _target_size <= 64 && bioplast::is_matrix({{pre}}, {{_index_array}}, _n_synapses, _target_size);
    if (_is_matrix)
    {
        {% set in_row = code | replace(pre + '[_idx]', '_row_pre')
            | replace(_index_array + '[_idx]', '(_start + _b)') %}
        BIOPLAST_TAKEN("{{codeobj_name}}",
                       "matrix{{', looking up' if pre in in_row or _index_array in in_row}}")
        const int _n_ends = _target_size % 16;
        {# The compiler unrolls loops whose length it knows. #}
        {% for start, end, length in (('0', '_target_size - _n_ends', '16'),
                                      ('_target_size - _n_ends', '_target_size', '_n_ends')) %}
        for (int _start = {{start}}; _start < {{end}}; _start += 16)
        {
            {{c_data_type(_target_var.dtype)}} _sums[{{length}} ? {{length}} : 1] = {};
            for (int _row = 0; _row < _n_synapses; _row += _target_size)
            {
                const int _row_pre = {{pre}}[_row];
                for (int _b = 0; _b < {{length}}; ++_b)
                {
                    const size_t _idx = _row + _start + _b;
                    const size_t _vectorisation_idx = _idx;
                    {{in_row|autoindent}}
                    _sums[_b] += _synaptic_var;
                }
            }
            for (int _b = 0; _b < {{length}}; ++_b)
                {{_target_var_array}}[_start + _b] = _sums[_b];
        }
        {% endfor %}
        return;
    }
    {% endif %}
    BIOPLAST_TAKEN("{{codeobj_name}}", "one by one")
    for (int _target_idx = 0; _target_idx < _target_size; _target_idx++)
        {{_target_var_array}}[_target_idx + {{_target_start}}] = 0;
    for (int _idx = 0; _idx < _n_synapses; _idx++)
    {
        const size_t _vectorisation_idx = _idx;
        {{code|autoindent}}
        {{_target_var_array}}[{{_index_array}}[_idx]] += _synaptic_var;
    }
{% endblock %}
