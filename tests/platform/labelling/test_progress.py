from mot_platform.labelling.progress import BarDisplay, LineDisplay, Silence, Tally, display_on_stderr


def make_tally():
    tally = Tally(num_videos=10, done=2, dead=1)
    tally.begin("labelling", frames=200)
    tally.count("done")
    tally.perceived(50, dead=False)
    tally.perceived(50, dead=True)
    return tally


def test_line_says_what_is_done_and_what_is_left(capsys):
    display = LineDisplay(interval_s=3600)
    display.show(make_tally())
    display.show(make_tally())
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("labelling: 3 done, 1 dead, 6 left of 10; 50 frames at ")
    assert lines[0].endswith(" to go")


def test_frames_of_a_dead_segment_are_not_left_and_not_counted():
    tally = make_tally()
    assert (tally.frames, tally.frames_left, tally.left) == (50, 100, 6)


def test_no_time_to_go_before_the_first_frame():
    assert "to go" not in str(Tally(num_videos=2, frames_left=10))


def test_bar_and_silence_take_the_same_counts(capsys):
    Silence().show(make_tally())
    with BarDisplay() as bar:
        bar.show(make_tally())
    assert "4/10 videos" in capsys.readouterr().err


def test_plain_lines_where_stderr_is_no_terminal(capsys):
    with display_on_stderr() as display:
        assert isinstance(display, LineDisplay)
