{# As Brian2's template of this name, but synapses that lie side by side (from one cell to
   neighbouring cells) are visited by a loop the compiler can vectorise. Which ones do is looked up, not
   assumed, so any connectivity and any delays give what Brian2's own template gives. #}
{# USES_VARIABLES { _synaptic_pre, _synaptic_post } #}
{% extends 'common_synapses.cpp' %}

{% block extra_headers %}
{{ super() }}
#include "runs.h"
{% endblock %}

{% block maincode %}
    {% set pre = get_array_name(variables['_synaptic_pre']) %}
    {% set post = get_array_name(variables['_synaptic_post']) %}
    {% set indexed = vector_code if vector_code is string else vector_code|join('\n') %}
    {# What a loop over a run does must not depend on its order: it may not write to the cell that all of
       its synapses share. #}
    {% set side_by_side = indexed
        | replace(pre + '[_idx]', '_run_pre')
        | replace(post + '[_idx]', '(_run_post + _run_i)')
        | replace('offer(', 'identity(') %}
    {% set order_matters = '[_presynaptic_idx] =' in indexed or 'offer_to(' in indexed or 'enter(' in indexed %}
    {# Code that says first whether a synapse is written is run only for those that are. #}
    {% set decides = 'is_written =' in side_by_side %}
    {% set parts = side_by_side.split('is_written =') %}
    {% set offered = variables['score'] if 'score' in variables else variables.get('delta_w') %}
    // scalar code
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    static const bioplast::Runs _runs({{pre}}, {{post}}, {{get_array_name(variables['_synaptic_pre'], access_data=False)}}.size());
    const std::vector<int>& _spiking_synapses = *{{pathway.name}}.peek();
    const int _num_spiking_synapses = _spiking_synapses.size();
    int _spiking_synapse_idx = 0;
    while (_spiking_synapse_idx < _num_spiking_synapses)
    {
        const int _run_start = _spiking_synapses[_spiking_synapse_idx];
        {% if not order_matters %}
        const int _run_length = _runs.length(&_spiking_synapses[_spiking_synapse_idx],
                                             _num_spiking_synapses - _spiking_synapse_idx);
        if (_run_length > 1)
        {
            const int _run_pre = {{pre}}[_run_start];
            const int _run_post = {{post}}[_run_start];
            {% if decides %}
            for (int _block = 0; _block < _run_length; _block += 64)
            {
                const int _n_block = _run_length - _block < 64 ? _run_length - _block : 64;
                char _decisions[64] = {};
                #pragma GCC ivdep
                for (int _b = 0; _b < _n_block; ++_b)
                {
                    const int _run_i = _block + _b;
                    const size_t _idx = _run_start + _run_i;
                    const size_t _vectorisation_idx = _idx;
                    {{(parts[0] ~ 'is_written =' ~ parts[1].split(';')[0] ~ ';')|autoindent}}
                    _decisions[_b] = is_written;
                }
                uint64_t _written = bioplast::pack(_decisions);
                for (; _written; _written &= _written - 1)
                {
                    const int _run_i = _block + __builtin_ctzll(_written);
                    const size_t _idx = _run_start + _run_i;
                    const size_t _vectorisation_idx = _idx;
                    {{side_by_side|autoindent}}
                }
            }
            {% else %}
            #pragma GCC ivdep
            for (int _run_i = 0; _run_i < _run_length; ++_run_i)
            {
                const size_t _idx = _run_start + _run_i;
                const size_t _vectorisation_idx = _idx;
                {{side_by_side|autoindent}}
            }
            {% endif %}
            {% if 'offer(' in indexed %}
            offer_run(&{{get_array_name(offered)}}[_run_start], _run_length);
            {% endif %}
            _spiking_synapse_idx += _run_length;
            continue;
        }
        {% endif %}
        const size_t _idx = _run_start;
        const size_t _vectorisation_idx = _idx;
        {{indexed|autoindent}}
        ++_spiking_synapse_idx;
    }
{% endblock %}
