from bioplast.analysis.frame import make_run_frame, make_trace_frame


def test_one_row_a_run_with_flat_names(make_run):
    frame = make_run_frame([make_run(seed=1, m0=5), make_run("rate", seed=2, m0=6)])
    assert frame["model"].tolist() == ["ann", "rate"]
    assert frame["m0"].tolist() == [5, 6]
    assert frame["test"].tolist() == [0.96, 0.96]
    assert frame["macs"].tolist() == [7, 7]
    assert "layers" not in frame


def test_what_a_record_lacks_is_empty(make_run):
    run = make_run()
    del run.record["images_per_second"]
    assert make_run_frame([run])["images_per_second"].isna().all()


def test_one_row_an_evaluation(make_run):
    frame = make_trace_frame([make_run(seed=1, m0=10), make_run(seed=2, m0=20)])
    assert frame["seed"].tolist() == [1, 1, 2, 2]
    assert frame["samples"].tolist() == [2000, 4000, 2000, 4000]
    assert frame["m0"].tolist() == [5, 10, 10, 20]


def test_options_are_one_column(make_run):
    runs = [make_run(), make_run(config={"options": {"feedback": "random", "p_input": 0.1, "dale": True}})]
    for frame in (make_run_frame(runs), make_trace_frame(runs)):
        assert frame["options"].unique().tolist() == ["", "feedback=random, p_input=0.1, dale=true"]
