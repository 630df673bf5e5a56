"""The console without a mouse, and what a screen reader is told, on both stacks."""

import re

import pytest
from console.windows import LONGEST, Window, live, name, shown
from playwright.sync_api import Browser, Locator, Page, expect

from testing.stack import RunningStack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MOST_STOPS = 60
"""No page has more stops of the Tab key before what the tests look for."""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is on the target; everything on the way shows that it has it."""
    expect(target).to_be_visible(timeout=LONGEST)
    for _ in range(MOST_STOPS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
              const at = document.activeElement;
              const style = getComputedStyle(at);
              const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
              return at === document.body || outlined || at.matches('input[role=combobox]')
                ? '' : at.outerHTML.slice(0, 200);
            }"""
        )
        assert seen == "", f"the focus cannot be seen on {seen}"
    raise AssertionError(f"the Tab key never comes to {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def link(page: Page, label: str) -> Locator:
    return page.get_by_role("navigation", name="Main").get_by_role("link", name=label)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1, name=text)).to_be_visible(timeout=LONGEST)


def test_from_the_sign_in_to_a_deleted_environment_by_keyboard(
    stack: RunningStack, browser: Browser
) -> None:
    origin = stack.origin
    context = browser.new_context(base_url=origin.base_url)
    context.set_default_timeout(LONGEST)
    page = Window(context).open("/sign-in")
    # The first field has the focus; Tab leads to the next, Enter sends.
    expect(page.get_by_label("E-mail address")).to_be_focused(timeout=LONGEST)
    page.keyboard.type(origin.email)
    page.keyboard.press("Tab")
    page.keyboard.type(origin.password)
    page.keyboard.press("Enter")
    heading(page, "Environments")
    live(page)

    # The first stop of a page leads past the navigation.
    page.reload()
    live(page)
    press(page, page.get_by_role("link", name="Skip to content"))
    expect(page.get_by_role("main")).to_be_focused()

    # The palette: by its keys, narrowed by typing, closed by Escape with the focus where it was.
    press(page, page.get_by_role("button", name="Search"))
    expect(page.get_by_role("combobox")).to_be_focused(timeout=LONGEST)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Search")).to_be_focused(timeout=LONGEST)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused(timeout=LONGEST)
    page.keyboard.type("new env")
    expect(page.get_by_role("option", selected=True)).to_contain_text("New environment")
    page.keyboard.press("Enter")

    # The order: a fault brings the cursor to its field, the right value is sent by Enter.
    heading(page, "New environment")
    field = page.get_by_label("Short domain")
    tab_to(page, field)
    page.keyboard.type("-")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    shortdomain = name("keys")
    page.keyboard.press("Control+a")
    page.keyboard.type(shortdomain)
    page.keyboard.press("Enter")
    page.wait_for_url("**/job?id=*")
    shown(page, "Completed")

    # A list: "/" leads to its search, Enter on a row opens it.
    press(page, link(page, "Environments"))
    heading(page, "Environments")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search by name or domain")
    expect(search).to_be_focused()
    page.keyboard.type(shortdomain)
    page.wait_for_url(f"**/environments?q={shortdomain}")
    press(page, page.get_by_role("listitem").get_by_role("link", name=shortdomain, exact=True))
    page.wait_for_url("**/environment?id=*")

    # The dialog: it holds the focus, Escape gives it back, and the typed name is sent by Enter.
    delete = page.get_by_role("button", name="Delete")
    press(page, delete)
    typed = page.get_by_label(f"Type {shortdomain} to confirm")
    expect(typed).to_be_focused(timeout=LONGEST)
    for _ in range(6):
        page.keyboard.press("Tab")
        inside = "() => document.querySelector('[role=dialog]').contains(document.activeElement)"
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    expect(delete).to_be_focused()
    page.keyboard.press("Enter")
    expect(typed).to_be_focused()
    page.keyboard.type(shortdomain)
    page.keyboard.press("Enter")
    page.wait_for_url("**/job?id=*")
    shown(page, "Completed")

    # The menu of the account: arrows move, Escape closes, letters find, Enter chooses.
    account = page.get_by_role("button", name="Account:")
    press(page, account)
    menu = page.get_by_role("menu")
    expect(menu).to_be_visible(timeout=LONGEST)
    page.keyboard.press("Escape")
    expect(account).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.type("Sign out")
    expect(page.get_by_role("menuitem", name="Sign out")).to_be_focused()
    # On a slow machine the session is gone some time before its pages are.
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 10})
    page.keyboard.press("Enter")
    heading(page, "Sign in to Slipway")
    context.close()


SHELL = """
- complementary:
  - button /Team:/
  - button /Search/
  - navigation "Main":
    - list:
      - listitem:
        - link "Environments"
      - listitem:
        - link "Jobs"
      - listitem:
        - link "Activity"
      - listitem:
        - link "Settings"
  - status: "Connection: Live"
  - button /Copy last event id/
  - button /Account:/
"""

ENVIRONMENTS = """
- main:
  - heading "Environments" [level=1]
  - link "New environment"
  - searchbox "Search by name or domain"
  - group "Status":
    - button "All" [pressed]
    - button "Running"
  - list "Environments":
    - listitem
"""


def test_a_screen_reader_is_told_what_is_seen(member: Window) -> None:
    page = member.open("/environments")
    live(page)
    expect(page.locator("body")).to_match_aria_snapshot(SHELL)
    expect(page.get_by_role("main")).to_match_aria_snapshot(ENVIRONMENTS)
    link(page, "Jobs").click()
    # Another page without a load is announced by its title.
    announced = page.locator("next-route-announcer [aria-live]")
    expect(announced).to_have_text(re.compile("Jobs"), timeout=LONGEST)


def test_everything_that_can_be_used_has_a_name(member: Window) -> None:
    """By the accessibility tree itself, in the words of assistive technology."""
    places = ("environments", "order", "jobs", "activity", "settings", "settings/sessions")
    page = member.open("/environments")
    devtools = page.context.new_cdp_session(page)
    for place in places:
        page.goto(f"/{place}")
        live(page)
        expect(page.get_by_role("status", name="Loading")).to_have_count(0, timeout=LONGEST)
        nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
        used = [node for node in nodes if is_focusable(node) and not node.get("ignored")]
        roles = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in used]
        assert len(roles) > 8
        named = [(role, text) for role, text in roles if role not in {"RootWebArea", "main"}]
        assert [role for role, text in named if not text.strip()] == []


def is_focusable(node: dict[str, object]) -> bool:
    properties = node.get("properties", [])
    assert isinstance(properties, list)
    return any(each["name"] == "focusable" and each["value"]["value"] for each in properties)
