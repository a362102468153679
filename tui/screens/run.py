"""One run: who it is and how it is doing, its config, and a page of what a person wants to see of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import ContentSwitcher

from logstore.format import CONSOLE_FILE
from logstore.model.runs import Changes, Run
from tui import curves, system_curves, terminal_title
from tui.charts.line import Look, XAxis
from tui.charts.places import Place
from tui.details.live_events import live_events
from tui.details.postmortem import ENDED_BADLY, post_mortem
from tui.details.remains import Remains, read_remains
from tui.details.run_facts import SummaryEntry, summary_entries
from tui.model import Model
from tui.screens.base import RunwatchScreen
from tui.screens.value import ValueScreen
from tui.show.palette import MARKERS, Swatch
from tui.show.values import pretty
from tui.widgets.alert_line import Notice
from tui.widgets.chart_grid import ChartGrid
from tui.widgets.chart_places import point, pointed
from tui.widgets.config_tree import ConfigTree
from tui.widgets.environment import Environment
from tui.widgets.event_list import EventList, told
from tui.widgets.identity import Identity
from tui.widgets.line_view import LineView
from tui.widgets.postmortem import PostMortemView
from tui.widgets.run_console import RunConsole
from tui.widgets.summary_list import SummaryList
from tui.widgets.tab_bar import TabBar
from tui.widgets.text_view import Passage

if TYPE_CHECKING:
    from tui.health.alert import Change

PAGES = ("charts", "summary", "console", "system", "events", "config")
BADLY = "post-mortem"
"""The page that only a run has which did not finish."""
BESIDE = ("charts", "summary", "system", "events")
"""Pages that leave room for the run's numbers beside them."""
NOTHING = {
    "charts": 'no metrics yet: the first run.log({"loss": …}) draws them',
    "system": "no telemetry: logstore.init() writes it, unless it was told system=False",
}
"""What stands in the place of charts where there are none."""
MOMENTS = {"console": ("charts", "system", "events"), "charts": ("console", "system", "events")}
"""The pages from which one goes to the same moment on another."""
ITS_OWN = ("window", "page", "full")
"""What of the state of charts is this run's alone: another one has other steps and other charts."""


def telling_first(run: Run) -> list[SummaryEntry]:
    """The summary of ``run``: its metrics as charts are ordered, then what has no curve."""
    entries = summary_entries(run)
    names = curves.by_relevance({entry.series.metric for entry in entries if entry.series is not None})
    places = {name: place for place, name in enumerate(names)}
    return sorted(entries, key=lambda entry: len(places) if entry.series is None else places[entry.series.metric])


def _page(key: str, name: str) -> Binding:
    return Binding(
        key, f"page('{name}')", name.capitalize(), id=f"run.{name}", show=False, tooltip=f"The {name} of this run"
    )


class RunScreen(RunwatchScreen):
    """The run with one key; pages are changed with 1 to 6 or with tab. One that did not finish has a seventh."""

    DEFAULT_CSS = """
    RunScreen Identity, RunScreen > Horizontal { padding: 0 1 0 0; }
    RunScreen.-tall TabBar { margin: 1 0 0 0; }
    RunScreen #side { width: 34%; max-width: 70; display: none; border-right: vkey $faint; }
    RunScreen.-wide.-beside #side { display: block; }
    RunScreen.-wide Identity { max-height: 2; }
    RunScreen #side SummaryList { height: auto; max-height: 40%; margin: 0 0 1 0; }
    RunScreen.-summary #side SummaryList { display: none; }
    RunScreen #side ConfigTree { height: auto; max-height: 45%; }
    RunScreen.-summary #side ConfigTree { max-height: 75%; }
    RunScreen #side Environment { height: 1fr; }
    RunScreen Environment { max-height: 40%; margin: 1 0 0 0; }
    RunScreen #side Environment { max-height: 100%; }
    RunScreen.-wide #config { layout: horizontal; }
    RunScreen.-wide #config Environment { width: 1fr; max-height: 100%; margin: 0; }
    RunScreen.-full Identity, RunScreen.-full TabBar { display: none; }
    """
    KIND: ClassVar[str] = "run"
    BINDINGS = [
        Binding("escape,q,backspace", "app.pop_screen", "Back", id="run.back", tooltip="Back to where you came from"),
        Binding("tab", "turn(1)", "Page", id="run.next", tooltip="The next page", priority=True),
        Binding("shift+tab", "turn(-1)", "Page back", id="run.previous", show=False, tooltip="The page before"),
        *(_page(str(i), name) for i, name in enumerate((*PAGES, BADLY), 1)),
        Binding("c", "moment('console')", "Console", id="run.to_console", tooltip="What was printed at this moment"),
        Binding("C", "moment('charts')", "Charts", id="run.to_charts", tooltip="The charts, at this moment"),
    ]

    def __init__(self, model: Model, key: str, look: Look | None = None, view: Mapping[str, Any] | None = None) -> None:
        super().__init__(model, view)
        self._look = look or Look()
        self.key = key
        page = self._view.get("page")
        self._page = page if page in PAGES else PAGES[0]
        self._changes: Sequence[Change] = ()

    @property
    def run(self) -> Run | None:
        """The run, or None when it has been deleted."""
        return self.model.runs.get(self.key)

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages that the run has now."""
        run = self.run
        badly = run is not None and run.state(self.model.clock()).name in ENDED_BADLY
        return (*PAGES, BADLY) if badly else PAGES

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "page" and parameters == (BADLY,):
            return BADLY in self.pages
        if action == "moment":
            return self._page in MOMENTS[str(parameters[0])]
        return super().check_action(action, parameters)

    def compose_body(self) -> ComposeResult:
        yield Identity()
        yield TabBar(PAGES, self._page)
        with Horizontal():
            with Vertical(id="side"):
                yield SummaryList(id="side-summary")
                yield ConfigTree(id="side-config")
                yield Environment()
            with ContentSwitcher(initial=self._page):
                yield ChartGrid(self._look, id="charts")
                yield SummaryList(id="summary")
                yield RunConsole(id="console")
                yield ChartGrid(Look(xaxis=XAxis("relative")), id="system")
                yield EventList(id="events")
                with Container(id="config"):
                    yield ConfigTree(id="config-tree")
                    yield Environment()
                yield PostMortemView(id=BADLY)

    def on_mount(self) -> None:
        for name, text in NOTHING.items():
            self.query_one(f"#{name}", ChartGrid).empty_text = text
        self.restore(self._view)
        self._arrange()
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self._focus_page)

    def on_screen_resume(self) -> None:
        self.show_all()

    def _tick(self) -> None:
        """What goes on by itself: how long the run is in its state, and its console."""
        run = self.run
        if run is not None and self.is_current:
            self.query_one(Identity).show(run, self.model.clock())
            self._read_console()

    def show_alerts(self, notices: Sequence[Notice], changes: Sequence[Change]) -> None:
        super().show_alerts(notices, changes)
        self._changes = changes
        if self._page == "events":
            self.show_all()

    def concerns(self, notice: Notice) -> bool:
        return notice.run_key == self.key

    def in_sight(self) -> Sequence[str]:
        return (self.key,)

    def title_text(self) -> str:
        return terminal_title.describe(self.run) if self.run is not None else super().title_text()

    def show(self, changes: Changes) -> None:
        if self.key in changes.gone:
            self.query_one(Identity).mourn()
        elif self.key in changes.touched:
            self.show_all()

    def show_all(self) -> None:
        """Bring everything that is seen up to date."""
        run = self.run
        if run is None or not self.is_mounted:
            return
        now = self.model.clock()
        self.trail = f"{self.model.path} › {run.project} › {run.name}"
        self.query_one(Identity).show(run, now)
        self.query_one("#side-summary", SummaryList).show(telling_first(run), self._swatch.role)
        self.query_one("#side-config", ConfigTree).show(run.config)
        self.query_one(TabBar).names = self.pages
        if self._page in self.pages:
            self._show_page(run, now)
        else:  # it goes on after all
            self.action_page(PAGES[0])

    def _show_page(self, run: Run, now: float) -> None:
        swatch = self._swatch
        if self._page == "charts":
            self.query_one("#charts", ChartGrid).set_charts(curves.charts([run], {run.key: swatch}, now))
        elif self._page == "system":
            self.query_one("#system", ChartGrid).set_charts(system_curves.system_charts(run, swatch, now))
        elif self._page == "summary":
            self.query_one("#summary", SummaryList).show(telling_first(run), swatch.role)
        elif self._page == "events":
            self.query_one(EventList).show(live_events(run.events, self._changes, run.key), now)
        elif self._page == "config":
            self.query_one("#config-tree", ConfigTree).show(run.config)
        elif self._page == BADLY:
            self._examine(run)
        else:
            self._read_console()

    @property
    def _swatch(self) -> Swatch:
        """The run's colour; by itself it is told apart from no other, so its line has no gaps."""
        return Swatch(self.model.swatches[self.key].slot, MARKERS[0])

    @on(Identity.LeftOut)
    def _show_environment(self, message: Identity.LeftOut) -> None:
        for view in self.query(Environment):
            view.show(message.facts)

    @on(ChartGrid.StateChanged)
    def _make_room(self) -> None:
        self._arrange()

    @on(ChartGrid.PageChanged)
    def _charts_came(self, message: ChartGrid.PageChanged) -> None:
        """Charts are there only after they are laid out: then the first gets the keyboard, if nothing else has it."""
        if message.grid.id == self._page and self.focused in (None, message.grid):
            self.call_after_refresh(self._focus_page)

    # -- pages --------------------------------------------------------------------------------------------------

    def action_page(self, name: str) -> None:
        """Turn to the page ``name``."""
        self._page = name
        self.query_one(TabBar).current = name
        self.query_one(ContentSwitcher).current = name
        self._arrange()
        self.show_all()
        self.call_after_refresh(self._focus_page)

    def _arrange(self) -> None:
        """What stands beside the page: the run's numbers, unless the page is as wide as text or shows them itself."""
        page = self.query_one(f"#{self._page}")
        full = isinstance(page, ChartGrid) and page.full is not None
        self.set_class(full, "-full")
        self.set_class(self._page in BESIDE and not full, "-beside")
        self.set_class(self._page == "summary", "-summary")

    def action_turn(self, pages: int) -> None:
        """Turn ``pages`` pages on."""
        names = self.pages
        self.action_page(names[(names.index(self._page) + pages) % len(names)])

    def on_tab_bar_chosen(self, message: TabBar.Chosen) -> None:
        self.action_page(message.name)

    def _focus_page(self) -> None:
        page = self.query_one("#config-tree" if self._page == "config" else f"#{self._page}")
        charts = page.charts if isinstance(page, ChartGrid) else []
        if page.has_focus_within:
            return
        (charts[0] if charts else page).focus()

    @on(LineView.Opened)
    def _open(self, message: LineView.Opened) -> None:
        view = message.view
        row = view.row_at(message.row) if isinstance(view, ConfigTree) else None
        if row is not None:
            text = pretty(row.value)
            self.app.push_screen(ValueScreen(".".join(row.path), [Passage([], text)], text))
        elif isinstance(view, EventList) and view.chosen is not None:
            event = view.chosen
            passages = [Passage([], part) for part in (event.title, event.text) if part]
            self.app.push_screen(ValueScreen(event.kind, passages, told(event)))

    # -- what happened, the console: files are read in a thread -------------------------------------------------

    @work(exclusive=True, thread=True, group="remains")
    def _examine(self, run: Run) -> None:
        self.app.call_from_thread(self._show_remains, read_remains(run))

    def _show_remains(self, remains: Remains) -> None:
        run, now = self.run, self.model.clock()
        if run is not None and self.is_mounted:
            card = post_mortem(run, remains.console, remains.checkpoint, now)
            self.query_one(PostMortemView).show(card, now)

    def _read_console(self) -> None:
        run = self.run
        if self._page == "console" and run is not None and self.is_current:
            self.query_one(RunConsole).read(run.file(CONSOLE_FILE), self.model.clock(), run.created)

    # -- the same moment on another page ------------------------------------------------------------------------

    def _moment(self) -> Place | None:
        """The moment that the page is at: its cursor, its line, its event."""
        page = self.query_one(f"#{self._page}")
        if isinstance(page, ChartGrid):
            return pointed(page)
        if isinstance(page, RunConsole):
            return page.place
        event = page.chosen if isinstance(page, EventList) else None
        return None if event is None else Place(time=event.time)

    def action_moment(self, name: str) -> None:
        """Turn to the charts or to the console, where they are at this moment."""
        place = self._moment()
        if place is not None and name == "console":
            self.query_one(RunConsole).seek(place)
        self.action_page(name)
        if place is not None and name == "charts" and not point(self.query_one("#charts", ChartGrid), place):
            self.notify("These charts do not say where that is", timeout=4)

    # -- what is remembered ---------------------------------------------------------------------------------------

    def view(self) -> dict[str, Any]:
        charts = {name: self.query_one(f"#{name}", ChartGrid).state for name in ("charts", "system")}
        return {"page": self._page, "of": self.key, "times": self.query_one(RunConsole).timed, **charts}

    def restore(self, view: Mapping[str, Any]) -> None:
        self.query_one(RunConsole).timed = view.get("times") is True
        for name in ("charts", "system"):
            state = view.get(name)
            if isinstance(state, Mapping):
                own = {key: state[key] for key in state if view.get("of") == self.key or key not in ITS_OWN}
                self.query_one(f"#{name}", ChartGrid).restore(own)
