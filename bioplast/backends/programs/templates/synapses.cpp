{# As Brian2's template of this name, but synapses that lie side by side (from one cell to
   neighboring cells) are visited by a loop the compiler can vectorize. Which ones do is looked up, not
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
    {% set events = pathway.source.variables[pathway.eventspace_name] %}
    {% set n_cells = events.size - 1 %}
    {% set n_synapses = get_array_name(variables['_synaptic_pre'], access_data=False) ~ '.size()' %}
    {% set code = vector_code if vector_code is string else vector_code|join('\n') %}
    {% set prepared = scalar_code if scalar_code is string else scalar_code|join('\n') %}
    {# What a loop over a run does must not depend on its order: it may not write to the cell that all of
       its synapses share. #}
    {% set order_matters = '[_presynaptic_idx] =' in code or 'enter(' in code %}
    {# Synapses of all postsynaptic cells that only write to the presynaptic one are visited as they lie in memory. #}
    {% set goes_back = pathway.prepost == 'post' and '[_presynaptic_idx] =' in code
        and '[_postsynaptic_idx] =' not in code and '(_vectorisation_idx' not in code %}
    {# Changes compete where they lie, a run at a time: to all others, or to those onto the same cell. #}
    {% set competing = variables['score'] if 'score' in variables else variables.get('delta_w') %}
    {% set compete_run =
        'compete_run(' ~ get_array_name(competing) ~ ', _run);' if 'compete(' in code else
        'compete_run_for(' ~ get_array_name(competing) ~ ', _run, _run.post);' if 'compete_for(' in code else
        '' %}
    {% set indexed = code
        | replace('compete(', 'bioplast::identity(')
        | replace('compete_for(', 'bioplast::identity(') %}
    {% set side_by_side = indexed
        | replace(pre + '[_idx]', '_run_pre')
        | replace(post + '[_idx]', '(_run_post + _run_i)') %}
    {# How a branch is told in which code still looks up the cells that a synapse joins. #}
    {% set looking_up = ', looking up' if pre in side_by_side or post in side_by_side else '' %}
    {# Code that says first whether a synapse is written is run only for those that are. #}
    {% set decides = 'is_written =' in side_by_side %}
    {% set parts = side_by_side.split('is_written =') %}
    {# Where these are the largest candidates, they are listed: a few of all are gone through. #}
    {% set is_listed = 'is_written = _brian_abs(delta_w) >= cutoff;' in side_by_side
        and ('cutoff = kth_largest(' in prepared or 'cutoff = in_force(' in prepared) %}
    {% set asks_cell = 'is_written = _brian_abs(delta_w) >= kth_largest_of(j, ' %}
    {% set is_by_cell = asks_cell in side_by_side %}
    {# What several cells send to the same ones is stored when all of it has been added, in the same order. #}
    {% set sums, adding = [], namespace(code=side_by_side) %}
    {% if not (order_matters or decides or compete_run or '(_vectorisation_idx' in code) %}
        {% for line in code.splitlines() if '[_postsynaptic_idx] = ' in line %}
            {% set _ = sums.append(line.split('[')[0] | trim) %}
            {% set adding.code = adding.code | replace(sums[-1] ~ '[_postsynaptic_idx]', '_sum_' ~ sums | length) %}
        {% endfor %}
    {% endif %}
    {# Code with this variable, however Brian2 sets it, does nothing where it is false. #}
    {% set on_path = 'char on_path' in code %}
    {% set path = get_array_name(variables['plastic']) if on_path else '' %}
    const int32_t* const _events = {{get_array_name(events, access_data=False)}};
    const int _n_events = _events[{{n_cells}}];
    static const bool _is_instant = bioplast::is_instant({{pathway.name}});
    if (_n_events == 0 && _is_instant) return;

    // scalar code
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}
    {# Code with this variable does nothing while it is 0. #}
    {% if 'int32_t learning_pre' in prepared %}
    if (!learning_pre)
    {
        BIOPLAST_TAKEN("{{codeobj_name}}", "not learning")
        return;
    }
    {% endif %}

    static bioplast::Reach _reach({{pre}}, {{post}}, {{n_synapses}}{{ ', ' ~ path if on_path }});
    {% if goes_back %}
    static const bool _is_matrix = bioplast::is_matrix({{pre}}, {{post}}, {{n_synapses}}, {{n_cells}});
    if (_is_matrix && _n_events == {{n_cells}} && _is_instant)
    {
        {% set in_row = code | replace(pre + '[_idx]', '_row_pre') | replace(post + '[_idx]', '_b') %}
        BIOPLAST_TAKEN("{{codeobj_name}}",
                       "matrix{{', looking up' if pre in in_row or post in in_row}}")
        for (size_t _row = 0; _row < {{n_synapses}}; _row += {{n_cells}})
        {
            const int _row_pre = {{pre}}[_row];
            for (int _b = 0; _b < {{n_cells}}; ++_b)
            {
                const size_t _idx = _row + _b;
                const size_t _vectorisation_idx = _idx;
                {{in_row|autoindent}}
            }
        }
        return;
    }
    {% endif %}
    {% if is_by_cell %}
    {% set ranks = get_array_name(variables[side_by_side.split(asks_cell)[1].split(')')[0]]) %}
    static const bool _is_of_cell = bioplast::is_of_cell({{ranks}}, {{post}}, {{n_synapses}});
    if (_is_of_cell) Listed::list({{ranks}});
    {% endif %}
    {% if is_listed or is_by_cell %}
    {% set before, after = indexed.split('is_written =') %}
    if (Listed::n_candidates == _reach.count({{pathway.name}}, _events, _n_events))
    {
        BIOPLAST_TAKEN("{{codeobj_name}}", "listed")
        for (long _w = 0; _w < Listed::n_written; ++_w)
        {
            const size_t _idx = Listed::written[_w];
            const size_t _vectorisation_idx = _idx;
            {{(before ~ 'is_written = true;' ~ after.split(';', 1)[1])|autoindent}}
        }
        return;
    }
    {% endif %}
    const bioplast::Reach::Found _found = _reach.find({{pathway.name}}, _events, _n_events);
    for (const bioplast::Run* _next = _found.begin(); _next != _found.end(); ++_next)
    {
        const bioplast::Run& _run = *_next;
        {% for n_together in (4, 2) if sums %}
        if (bioplast::are_alike<{{n_together}}>(_next, _found.end()))
        {
            BIOPLAST_TAKEN("{{codeobj_name}}", "{{n_together}} together{{looking_up}}")
            const int _run_n = _run.n, _run_post = _run.post;
            #pragma GCC ivdep
            for (int _run_i = 0; _run_i < _run_n; ++_run_i)
            {
                {% for sum in sums %}
                auto _sum_{{loop.index}} = {{sum}}[_run_post + _run_i];
                {% endfor %}
                {% for number in range(n_together) %}
                {
                    const int _run_pre = _next[{{number}}].pre;
                    const size_t _idx = _next[{{number}}].first + _run_i;
                    const size_t _vectorisation_idx = _idx;
                    {{adding.code|autoindent}}
                }
                {% endfor %}
                {% for sum in sums %}
                {{sum}}[_run_post + _run_i] = _sum_{{loop.index}};
                {% endfor %}
            }
            _next += {{n_together - 1}};
            continue;
        }
        {% endfor %}
        {% if not order_matters %}
        if (_run.n > 1)
        {
            const int _run_pre = _run.pre, _run_post = _run.post;
            {% if decides %}
            BIOPLAST_TAKEN("{{codeobj_name}}", "decided{{looking_up}}")
            for (int _block = 0; _block < _run.n; _block += 64)
            {
                const int _n_block = _run.n - _block < 64 ? _run.n - _block : 64;
                char _decisions[64] = {};
                #pragma GCC ivdep
                for (int _b = 0; _b < _n_block; ++_b)
                {
                    const int _run_i = _block + _b;
                    const size_t _idx = _run.first + _run_i;
                    const size_t _vectorisation_idx = _idx;
                    {{(parts[0] ~ 'is_written =' ~ parts[1].split(';')[0] ~ ';')|autoindent}}
                    _decisions[_b] = is_written;
                }
                uint64_t _written = bioplast::pack(_decisions);
                for (; _written; _written &= _written - 1)
                {
                    const int _run_i = _block + __builtin_ctzll(_written);
                    const size_t _idx = _run.first + _run_i;
                    const size_t _vectorisation_idx = _idx;
                    {{side_by_side|autoindent}}
                }
            }
            {% else %}
            BIOPLAST_TAKEN("{{codeobj_name}}", "run{{' on path' if on_path}}{{looking_up}}")
            const int _run_first = _run.first, _run_n = _run.n;
            {# Where no run leaves the path nobody needs to look whether a synapse lies on it. #}
            {% for text in ([side_by_side | replace(path ~ '[_idx]', 'true'), side_by_side] if on_path
                            else [side_by_side]) %}
            {{ 'if (_reach.is_whole())' if on_path and loop.first else 'else' if on_path }}
            #pragma GCC ivdep
            for (int _run_i = 0; _run_i < _run_n; ++_run_i)
            {
                const size_t _idx = _run_first + _run_i;
                const size_t _vectorisation_idx = _idx;
                {{text|autoindent}}
            }
            {% endfor %}
            {% endif %}
            {{compete_run}}
            continue;
        }
        {% endif %}
        BIOPLAST_TAKEN("{{codeobj_name}}", "one by one")
        for (int _run_i = 0; _run_i < _run.n; ++_run_i)
        {
            const size_t _idx = _run.first + _run_i;
            const size_t _vectorisation_idx = _idx;
            {{indexed|autoindent}}
        }
        {{compete_run}}
    }
{% endblock %}
