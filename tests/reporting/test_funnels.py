"""What the funnels of the committee's page leave out, they say."""

from mande.reporting.funnels import hidden_places


def test_places_that_are_not_drawn_because_their_value_is_hidden_are_counted(run):
    progress, targets = run.progress, run.targets
    assert hidden_places(progress, targets, "vi", above="VN") == ""
    of_one = progress["indicator"] == progress["indicator"].iloc[0]
    table = progress.assign(actual_value_status=progress["actual_value_status"].mask(of_one, "suppressed"))
    places = table.loc[of_one, "place_code"].nunique() - 1  # the nation is no place of a funnel
    said = hidden_places(table, targets, "en", above="VN")
    assert said.startswith("Places whose newest value is not published are not drawn (")
    assert said.endswith(f": {places}).")
