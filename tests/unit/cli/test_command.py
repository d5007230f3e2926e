import click
import pytest
from click.testing import CliRunner

from talpose_app.cli.command import NumberRange, ProgramGroup, existing_file, read_names, read_span
from talpose_app.errors import TalposeError

OPTION = click.Option(["--value"])


def context():
    return click.Context(click.Command("test"))


@pytest.mark.parametrize(
    ("text", "span"),
    [("0:100", (0, 100)), ("50:", (50, None)), (":80", (None, 80)), (":", (None, None)), (None, None)],
)
def test_spans_are_half_open_and_may_lack_a_side(text, span):
    assert read_span(context(), OPTION, text) == span


@pytest.mark.parametrize("text", ["5", "a:b", "-1:5", "10:10", "10:5", ":0", "1:2:3", "1.5:3"])
def test_what_is_no_span_is_a_usage_error(text):
    with pytest.raises(click.BadParameter):
        read_span(context(), OPTION, text)


def test_names_are_split_at_commas():
    assert read_names(context(), OPTION, "nose, left ear ,") == ("nose", "left ear")
    with pytest.raises(click.BadParameter):
        read_names(context(), OPTION, " , ")


def test_a_missing_file_is_an_error_of_the_run(tmp_path):
    with pytest.raises(TalposeError, match="There is no video"):
        existing_file(tmp_path / "no.mp4", "video")
    with pytest.raises(TalposeError, match="is a folder"):
        existing_file(tmp_path, "video")


@pytest.fixture
def group():
    @click.command("open")
    @click.argument("path", required=False)
    @click.option("--port", type=int, default=0)
    def open_command(path, port):
        click.echo(f"open {path} {port}")

    @click.command("track")
    def track_command():
        click.echo("track")

    program = ProgramGroup("program", default=open_command)
    program.add_command(track_command)
    return program


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ([], "open None 0"),
        (["walk.mp4"], "open walk.mp4 0"),
        (["walk.mp4", "--port", "80"], "open walk.mp4 80"),
        (["--port", "80", "walk.mp4"], "open walk.mp4 80"),
        (["--debug", "--port", "80"], "open None 80"),
        (["track"], "track"),
        (["--debug", "track"], "track"),
        (["./track"], "open ./track 0"),
    ],
)
def test_the_first_word_is_a_command_or_a_file(group, words, printed):
    result = CliRunner().invoke(group, words)
    assert result.output.strip() == printed


def test_a_misspelt_command_is_not_taken_for_a_file(group):
    result = CliRunner().invoke(group, ["trak"])
    assert result.exit_code == 2
    assert "is it 'track'?" in result.output


def test_help_lists_commands_and_the_options_of_the_default(group):
    result = CliRunner().invoke(group, ["--help"])
    assert "[PROJECT|VIDEO]" in result.output
    assert "--port" in result.output
    assert "track" in result.output
    assert "\n  open" not in result.output


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "0", "1.5", "a"])
def test_a_range_of_numbers_holds_numbers_only(text):
    numbers = NumberRange(0, 1, min_open=True)
    assert numbers.convert("0.5", OPTION, context()) == 0.5
    with pytest.raises(click.BadParameter):
        numbers.convert(text, OPTION, context())
