{# As Brian2's template of this name, but conditions are evaluated for a block of cells at once, which
   the compiler can vectorise; most blocks have no event and are passed over. #}
{# USES_VARIABLES { N } #}
{% extends 'common_group.cpp' %}
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
    {% if '_cond =' in code and code.count('_cond = ') == code.count('_cond = _lio_1 && ') %}
    if (_lio_1)
    {% endif %}
    {
    const size_t _block = 64;
    for (size_t _start = 0; _start < N; _start += _block)
    {
        const size_t _stop = _start + _block < N ? _start + _block : N;
        char _conds[_block], _any = 0;
        for (size_t _idx = _start; _idx < _stop; _idx++)
        {
            const size_t _vectorisation_idx = _idx;
            {{vector_code|autoindent}}
            _conds[_idx - _start] = _cond;
            _any |= _cond;
        }
        if (_any)
            for (size_t _idx = _start; _idx < _stop; _idx++)
                if (_conds[_idx - _start])
                    {{_eventspace}}[_count++] = _idx;
    }
    }
    {% endif %}
    {{_eventspace}}[N] = _count;
{% endblock %}

{% block after_code %}
{% set _eventspace = get_array_name(eventspace_variable) %}
{{_eventspace}}[N] = 0;
{% endblock %}
