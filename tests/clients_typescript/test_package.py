"""What is published: its files, its types however they are resolved, and that importing it touches no runtime."""

import json
import re
from pathlib import Path

import pytest
from tests.clients_typescript.test_live import PACKAGE, run

BLOCK = re.compile(r'^```(ts|tsx) title="(.+?)"\n(.*?)^```$', flags=re.MULTILINE | re.DOTALL)
RESOLUTIONS = {"NodeNext": "NodeNext", "ESNext": "bundler"}

# No browser, no Node: only what the language has, as in a runtime that we do not know.
BARE = """
import { readFileSync } from "node:fs";
import { createContext, SourceTextModule } from "node:vm";
const context = createContext({});
const exported = (name) => `export const ${name} = () => ({});`;
const stub = (names) => new SourceTextModule(names.split(" ").map(exported).join(""), { context });
const react = "createContext createElement Fragment useCallback useContext "
  + "useEffect useMemo useState useSyncExternalStore";
const known = new Map();
async function load(url) {
  const text = readFileSync(new URL(url), "utf8");
  const module = known.get(url) ?? new SourceTextModule(text, { context, identifier: url });
  known.set(url, module);
  return module;
}
async function link(name, from) {
  if (name === "react") return stub(react);
  if (name === "graphql-ws") return stub("createClient");
  return load(new URL(name, from.identifier).href);
}
for (const entry of ["index.js", "react/index.js", "sse.js"]) {
  const module = await load(new URL(entry, process.argv[1]).href);
  if (module.status === "unlinked") await module.link(link);
  await module.evaluate();
  if (entry === "index.js") new module.namespace.WeftClient({ url: "https://chat.example/graphql" });
}
console.log("imported", known.size);
"""

ENDS = """
import { WeftClient } from "weft-client";
import { WebSocket } from "ws";
for (const transport of ["websocket", "sse"]) {
  const client = new WeftClient({ url: "http://127.0.0.1:1999/graphql", transport, webSocket: WebSocket });
  const stores = [client.thread("thr_1"), client.threads()];
  for (const store of stores) {
    client.keep(store);
    await new Promise((resolve) => store.subscribe(() => store.state().phase === "failed" && resolve()));
  }
  client.close();
}
console.log("closed");
"""


@pytest.fixture(scope="module")
async def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The package as npm packs it, unpacked where others would have it, and the names of its files."""
    project = tmp_path_factory.mktemp("project")
    told = await run("npm", "pack", "--json", "--silent", "--pack-destination", str(project), env={})
    [archive] = json.loads(told[told.index("[\n") :])
    modules = project / "node_modules"
    (modules / "weft-client").mkdir(parents=True)
    await run(
        "tar", "xzf", str(project / archive["filename"]), "-C", str(modules / "weft-client"), "--strip", "1", env={}
    )
    for name in (
        "react",
        "react-dom",
        "graphql",
        "graphql-ws",
        "ws",
        "csstype",
        "@types",
        "@graphql-typed-document-node",
    ):
        (modules / name).symlink_to(PACKAGE / "node_modules" / name)
    (project / "package.json").write_text('{"type": "module"}')
    return project, [file["path"] for file in archive["files"]]


async def test_what_is_published_is_the_build_its_operations_and_words_about_it(packed: tuple[Path, list[str]]) -> None:
    _, files = packed
    assert {"LICENSE", "README.md", "package.json", "dist/index.js", "dist/react/index.d.ts"} <= set(files)
    assert {Path(file).parts[0] for file in files} == {"LICENSE", "README.md", "package.json", "dist", "operations"}
    assert not [file for file in files if "test" in file]


@pytest.mark.parametrize("module", RESOLUTIONS)
async def test_the_blocks_of_its_readme_fit_it_however_it_is_resolved(
    packed: tuple[Path, list[str]], module: str
) -> None:
    project, _ = packed
    blocks = BLOCK.findall((PACKAGE / "README.md").read_text(encoding="utf-8"))
    assert len(blocks) == 6
    for _, title, text in blocks:
        (project / title).write_text(text)
    options = {
        "target": "ES2022", "lib": ["ES2023", "DOM", "DOM.Iterable"], "module": module,
        "moduleResolution": RESOLUTIONS[module], "jsx": "react-jsx", "types": [], "strict": True,
        "exactOptionalPropertyTypes": True, "skipLibCheck": True, "noEmit": True,
    }  # fmt: skip
    (project / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.ts", "*.tsx"]}))
    await run("node_modules/.bin/tsc", "--project", str(project), env={})


async def test_importing_it_and_making_a_client_touches_no_global_of_any_runtime(
    packed: tuple[Path, list[str]],
) -> None:
    project, _ = packed
    script = project / "bare.mjs"
    script.write_text(
        BARE.replace("process.argv[1]", json.dumps((project / "node_modules/weft-client/dist").as_uri() + "/"))
    )
    assert "imported" in await run("node", "--no-warnings", "--experimental-vm-modules", str(script), env={})


async def test_a_process_ends_by_itself_when_its_client_is_closed(packed: tuple[Path, list[str]]) -> None:
    script = packed[0] / "ends.mjs"
    script.write_text(ENDS)
    assert await run("node", str(script), env={}) == "closed\n"


async def test_it_is_as_small_as_it_promises(packed: tuple[Path, list[str]]) -> None:
    """Packing has built it."""
    assert (packed[0] / "node_modules" / "weft-client" / "dist").is_dir()
    await run("node", "scripts/size.mjs", env={})


async def test_its_operations_are_generated_from_the_schema_as_it_is() -> None:
    await run("node_modules/.bin/graphql-codegen", "--config", "codegen.ts", "--check", env={})
