"""What assistive technology is told of the console, on both stacks."""

import pytest
from console.windows import LONGEST, Window, live
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


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
