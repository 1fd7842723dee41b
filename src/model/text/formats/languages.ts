// Programming languages whose comments are found without any extension installed: names of files and grammars. Runs anywhere;
// `esbuild.mjs` reads it too, to copy the grammars.

export interface BundledLanguage {
  /** As in VS Code. */
  readonly languageId: string;
  readonly scopeName: string;
  /** File of the grammar without `.json`. */
  readonly grammar: string;
  /** In lower case, with the dot. */
  readonly extensions: readonly string[];
  /** In lower case. */
  readonly fileNames: readonly string[];
}

/** Language id, scope, grammar, then extensions (with a dot) and names of files. */
const table = `
c                source.c              c             .c .h
cpp              source.cpp            cpp           .cc .cpp .cxx .c++ .hh .hpp .hxx .h++ .ipp .inl .ino .cu .cuh .tpp
csharp           source.cs             csharp        .cs .csx
css              source.css            css           .css
scss             source.css.scss       scss          .scss
less             source.css.less       less          .less
dart             source.dart           dart          .dart
dockerfile       source.dockerfile     docker        .dockerfile dockerfile containerfile
elixir           source.elixir         elixir        .ex .exs
erlang           source.erlang         erlang        .erl .hrl
clojure          source.clojure        clojure       .clj .cljs .cljc .edn
coffeescript     source.coffee         coffee        .coffee .cson
cmake            source.cmake          cmake         .cmake cmakelists.txt
fsharp           source.fsharp         fsharp        .fs .fsx .fsi
go               source.go             go            .go
graphql          source.graphql        graphql       .graphql .gql
groovy           source.groovy         groovy        .groovy .gradle jenkinsfile
haskell          source.haskell        haskell       .hs
html             text.html.basic       html          .html .htm .xhtml
ini              source.ini            ini           .ini .cfg .conf .editorconfig .env
java             source.java           java          .java .jav
javascript       source.js             javascript    .js .mjs .cjs .es6
javascriptreact  source.js             javascript    .jsx
jsonc            source.json.comments  jsonc         .jsonc .code-workspace tsconfig.json jsconfig.json
julia            source.julia          julia         .jl
kotlin           source.kotlin         kotlin        .kt .kts
latex            text.tex.latex        latex         .tex .sty .cls
lua              source.lua            lua           .lua
tex              text.tex              tex           .ltx
makefile         source.makefile       make          .mk .mak makefile gnumakefile
objective-c      source.objc           objective-c   .m .mm
ocaml            source.ocaml          ocaml         .ml .mli
perl             source.perl           perl          .pl .pm .pod .t
php              source.php            php           .php .phtml .php4 .php5
powershell       source.powershell     powershell    .ps1 .psm1 .psd1
proto3           source.proto          proto         .proto
python           source.python         python        .py .pyi .pyw .pyx .pxd sconstruct
r                source.r              r             .r .rprofile
ruby             source.ruby           ruby          .rb .rake .gemspec .podspec .ru rakefile gemfile podfile
rust             source.rust           rust          .rs
scala            source.scala          scala         .scala .sc .sbt
shellscript      source.shell          shellscript   .sh .bash .zsh .ksh .bashrc .profile
solidity         source.solidity       solidity      .sol
sql              source.sql            sql           .sql .ddl
svelte           source.svelte         svelte        .svelte
swift            source.swift          swift         .swift
toml             source.toml           toml          .toml
typescript       source.ts             typescript    .ts .mts .cts
typescriptreact  source.tsx            tsx           .tsx
vb               source.asp.vb.net     vb            .vb .vbs .bas
vue              text.html.vue         vue           .vue
xml              text.xml              xml           .xml .xsd .xsl .xslt .svg .csproj .plist .xaml .resx .stringsdict .props .targets .nuspec
yaml             source.yaml           yaml          .yaml .yml
zig              source.zig            zig           .zig
`;

export const bundledLanguages: readonly BundledLanguage[] = table
  .trim()
  .split('\n')
  .map(line => {
    const [languageId, scopeName, grammar, ...names] = line.trim().split(/\s+/);
    const extensions = names.filter(name => name.startsWith('.'));
    return { languageId, scopeName, grammar, extensions, fileNames: names.filter(name => !name.startsWith('.')) };
  });

/** As the table has it: of `.bashrc` the whole name. `name`: in lower case, without folders. */
export function extensionOf(name: string): string {
  if (name.startsWith('.env.')) return '.env';
  const dot = name.lastIndexOf('.');
  return dot === -1 ? '' : name.slice(dot);
}

/** Grammars that no package offers under a licence that allows to ship them: written for this project, comments and strings only. */
export const ownGrammars: readonly string[] = ['toml', 'yaml'];
