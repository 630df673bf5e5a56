"""Measure the HTTP documentation page of a contract of 500 operations in Chromium, opened from a file.

Each round is a new browser context. `searched` is when an operation was found after its name was typed into
the search at the load event. The longest frame is between two animation frames while the page is scrolled
from its beginning to its end in 60 steps; a headless browser draws without a graphics card.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from testing.browser import chromium

OPEN_MS = 1_500.0

PAINTED = """
() => new Promise(resolve => {
  const look = () => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    const navigation = performance.getEntriesByType('navigation')[0];
    if (paint === undefined || navigation.loadEventEnd === 0) requestAnimationFrame(look);
    else resolve({ painted: paint.startTime, loaded: navigation.loadEventEnd });
  };
  look();
})
"""
SEARCHED = """
words => new Promise(resolve => {
  const box = document.querySelector('input[type=search]');
  box.value = words;
  box.dispatchEvent(new Event('input', { bubbles: true }));
  const look = () => {
    const found = [...document.querySelectorAll('[role=option]')];
    if (found.some(one => one.textContent.includes(words) || one.href?.includes(words))) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})
"""
SCROLLED = """
() => new Promise(resolve => {
  const steps = 60, height = document.documentElement.scrollHeight;
  let step = 0, last, longest = 0;
  const next = now => {
    if (last !== undefined) longest = Math.max(longest, now - last);
    last = now;
    step += 1;
    scrollTo({ top: height * step / steps, behavior: 'instant' });
    if (step > steps) resolve(longest); else requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})
"""


def document(operations: int) -> dict[str, Any]:
    """Return an OpenAPI document with a path, a request and an answer of its own per operation."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for number in range(operations):
        text = {"type": "string", "description": f"A text of the kind {number}.", "maxLength": 100}
        part = {"type": "object", "properties": {"name": text, "count": {"type": "integer"}}}
        schemas[f"Item{number}"] = {
            "type": "object",
            "description": f"An item of the kind {number}.",
            "required": ["id"],
            "properties": {
                "id": {"type": "integer"},
                "text": text,
                "parts": {"type": "array", "items": part},
            },
        }
        body = {"application/json": {"schema": {"$ref": f"#/components/schemas/Item{number}"}}}
        paths[f"/kind{number}/{{id}}"] = {
            "put": {
                "operationId": f"putItem{number}",
                "summary": f"Put item {number}",
                "description": f"Puts an item of the kind {number} in place of what was there.",
                "tags": [f"Group {number // 25}"],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "dry", "in": "query", "schema": {"type": "boolean"}},
                ],
                "requestBody": {"required": True, "content": body},
                "responses": {
                    "200": {"description": "The item.", "content": body},
                    "404": {"description": "There is none."},
                },
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Many operations", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def written(folder: Path, operations: int) -> Path:
    """Return the page of a synthetic contract, written into a folder."""
    source = folder / "openapi.json"
    source.write_text(json.dumps(document(operations)))
    program = Path(sys.executable).with_name("contractkit")
    command = [str(program), "docs", "--openapi", str(source), "--output", str(folder)]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next(folder.rglob("http.html"))


def opened(browser: Browser, page: Path, words: str) -> dict[str, float]:
    """Return the milliseconds of one opening of a page."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    tab.goto(page.as_uri(), wait_until="load")
    took: dict[str, float] = tab.evaluate(PAINTED)
    took["searched"] = tab.evaluate(SEARCHED, words)
    context.close()
    scrolling = browser.new_context(viewport={"width": 1440, "height": 900})
    tab = scrolling.new_page()
    tab.goto(page.as_uri(), wait_until="load")
    took["longest frame"] = tab.evaluate(SCROLLED)
    scrolling.close()
    return took


def main() -> None:
    """Print the figures. Exit with 1 when the page's load took longer than the goal in the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, chromium(whole=True) as browser:
        page = written(Path(name), arguments.operations)
        rounds = [
            opened(browser, page, f"putItem{arguments.operations // 2}")
            for _ in range(arguments.rounds)
        ]
        print(f"{arguments.operations} operations, {page.stat().st_size:,} bytes of HTML")
    print("| milliseconds | min | median | max |\n| --- | ---: | ---: | ---: |")
    for figure in rounds[0]:
        values = [took[figure] for took in rounds]
        print(
            f"| {figure} | {min(values):,.0f} | {statistics.median(values):,.0f} | {max(values):,.0f} |"
        )
    if statistics.median(took["loaded"] for took in rounds) > OPEN_MS:
        sys.exit(1)


if __name__ == "__main__":
    main()
