from bioplast.studies.caption import fill_caption
from bioplast.studies.jobs import Failure
from bioplast.training.config import RunConfig


def test_fields_come_from_the_runs(make_run):
    runs = [make_run(seed=1), make_run(seed=2), make_run("spiking", "largest(0.1)", hidden=200)]
    text = "{task} to {goal}, {encoding}; {hidden}; {rules}; {seeds}"
    assert fill_caption(text, runs, []) == (
        "mnist to 95 %, rates; 100 (ann); 200 (spiking); plain (ann); largest(0.1) (spiking); "
        "n = 1 to 2 seeds"
    )


def test_models_with_the_same_values_share_an_entry(make_run):
    assert fill_caption("{hidden}, {seeds}", [make_run("ann"), make_run("rate")], []) == (
        "100 (ann, rate), n = 1 seed"
    )


def test_paragraphs_are_kept_and_lines_joined(make_run):
    assert fill_caption("\none\ntwo\n\nthree  {task}\n", [make_run()], []) == "one two\n\nthree mnist"


def test_says_that_every_run_reached_the_goal(make_run):
    assert fill_caption("{missing}", [make_run()], []) == "Every run reached the goal."


def test_says_which_runs_gave_up_diverged_or_failed(make_run):
    runs = [
        make_run(rule="above(1.0)", seed=1, converged=False),
        make_run(rule="above(1.0)", seed=2),
        make_run("rate", seed=1, converged=False, diverged=True),
    ]
    failures = [Failure(RunConfig("spiking", seed=3), "no C++ compiler")]
    assert fill_caption("{missing}", runs, failures) == (
        "Did not reach the goal: ann with above(1.0) (1 of 2). Weights became NaN: rate with plain (1 of 1). "
        "Not carried out: spiking, plain, seed 3 (no C++ compiler)."
    )


def test_runs_with_other_options_are_another_cell(make_run):
    options = {"config": {"options": {"feedback": "random"}}}
    runs = [make_run(), make_run(converged=False, **options)]
    assert fill_caption("{seeds}; {missing}", runs, []) == (
        "n = 1 seed; Did not reach the goal: ann with plain with feedback=random (1 of 1)."
    )


def test_many_combinations_that_missed_the_goal_are_counted_and_not_named(make_run):
    runs = [make_run(rule=f"above({number}.0)", converged=False) for number in range(1, 8)]
    assert fill_caption("{missing}", [*runs, make_run()], []) == (
        "Did not reach the goal: 7 of 8 runs, in 7 of 8 combinations (see the table)."
    )
