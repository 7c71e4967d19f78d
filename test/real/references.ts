/**
 * The programs whose grammars are read in src/formats, driven by small programs built on the spot: each takes a text on
 * standard input and prints JSON, or `refused`.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf } from '../../src/gather/lib/bytes.js';

const QUOTE_CPP = `
static std::string quote(const std::string& s) {
  std::string out = "\\"";
  for (unsigned char c : s) {
    if (c == '"' || c == '\\\\') { out += '\\\\'; out += c; }
    else if (c < 32) { char b[8]; snprintf(b, sizeof b, "\\\\u%04x", c); out += b; }
    else out += c;
  }
  return out + "\\"";
}`;

/** boost::program_options with options of the product's types. */
const OPTIONS_CPP = `#include <boost/program_options.hpp>
#include <cstdio>
#include <iostream>
${QUOTE_CPP}
namespace po = boost::program_options;
int main() {
  std::string a, b; bool flag; int number; std::vector<std::string> list;
  po::options_description all;
  all.add_options()("a", po::value<std::string>(&a))("b", po::value<std::string>(&b))("flag", po::value<bool>(&flag))
    ("number", po::value<int>(&number))("server-add-header", po::value<std::vector<std::string>>(&list));
  try {
    po::variables_map vm;
    po::store(po::parse_config_file(std::cin, all), vm);
    po::notify(vm);
    std::string sep = "[";
    for (const char* name : {"a", "b"}) if (vm.count(name)) {
      std::cout << sep << "[" << quote(name) << "," << quote(vm[name].as<std::string>()) << "]"; sep = ",";
    }
    if (vm.count("flag")) { std::cout << sep << "[\\"flag\\",\\"" << (flag ? "true" : "false") << "\\"]"; sep = ","; }
    if (vm.count("number")) { std::cout << sep << "[\\"number\\",\\"" << number << "\\"]"; sep = ","; }
    for (auto& v : list) { std::cout << sep << "[\\"server-add-header\\"," << quote(v) << "]"; sep = ","; }
    std::cout << (sep == "[" ? "[]" : "]");
  } catch (const std::exception&) { std::cout << "refused"; }
}`;

const TREE_CPP = `#include <boost/property_tree/ini_parser.hpp>
#include <cstdio>
#include <iostream>
${QUOTE_CPP}
int main() {
  try {
    boost::property_tree::ptree tree;
    boost::property_tree::read_ini(std::cin, tree);
    std::string sep = "[";
    for (auto& top : tree) {
      if (top.second.empty()) { std::cout << sep << "[" << quote(top.first) << "," << quote(top.second.data()) << "]"; sep = ","; }
      for (auto& key : top.second) {
        std::cout << sep << "[" << quote(top.first + "." + key.first) << "," << quote(key.second.data()) << "]"; sep = ",";
      }
    }
    std::cout << (sep == "[" ? "[]" : "]");
  } catch (const std::exception&) { std::cout << "refused"; }
}`;

/** What PQconninfoParse makes of a text; the hosts are paired with ports by a connection that is never made. */
const LIBPQ_C = `#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
int main(void) {
  char text[65536]; size_t n = fread(text, 1, sizeof text - 1, stdin); text[n] = 0;
  char *error = NULL;
  PQconninfoOption *all = PQconninfoParse(text, &error);
  if (!all) { printf("refused"); return 0; }
  const char *sep = "[";
  for (PQconninfoOption *o = all; o->keyword; o++) if (o->val && *o->val && strcmp(o->keyword, "password")) {
    printf("%s[\\"%s\\",\\"", sep, o->keyword);
    for (const char *c = o->val; *c; c++) printf(*c == '"' || *c == '\\\\' ? "\\\\%c" : "%c", *c);
    printf("\\"]"); sep = ",";
  }
  printf(strcmp(sep, "[") ? "]" : "[]");
}`;

const GCFG_GO = `package main
import ("encoding/json"; "io"; "os"; "strings"; "gopkg.in/gcfg.v1")
type keys struct { X, Y, Z string; Flag bool; Number int; List []string; Name_Two string }
func main() {
	text, _ := io.ReadAll(os.Stdin)
	var c struct { A, B keys; Sub map[string]*keys }
	// the file form skips a byte-order mark, so the text goes there
	file := os.TempDir() + "/text.gcfg"
	os.WriteFile(file, text, 0o600)
	if err := gcfg.FatalOnly(gcfg.ReadFileInto(&c, file)); err != nil { os.Stdout.WriteString("refused"); return }
	out := [][]string{}
	add := func(section string, k *keys) {
		for _, p := range [][2]string{{"x", k.X}, {"y", k.Y}, {"z", k.Z}} { if p[1] != "" { out = append(out, []string{section + "." + p[0], p[1]}) } }
		if k.Flag { out = append(out, []string{section + ".flag", "true"}) }
		if len(k.List) > 0 { out = append(out, []string{section + ".list", strings.Join(k.List, "|")}) }
		if k.Name_Two != "" { out = append(out, []string{section + ".name-two", k.Name_Two}) }
	}
	add("a", &c.A); add("b", &c.B)
	for name, k := range c.Sub { add("sub \\"" + name + "\\"", k) }
	json.NewEncoder(os.Stdout).Encode(out)
}`;

const PGX_GO = `package main
import ("encoding/json"; "io"; "os"; "strconv"; "github.com/jackc/pgconn")
func main() {
	text, _ := io.ReadAll(os.Stdin)
	c, err := pgconn.ParseConfig(string(text))
	if err != nil { os.Stdout.WriteString("refused"); return }
	servers := [][]string{{c.Host, strconv.Itoa(int(c.Port))}}
	for _, f := range c.Fallbacks {
		last := servers[len(servers)-1]
		if next := []string{f.Host, strconv.Itoa(int(f.Port))}; next[0] != last[0] || next[1] != last[1] { servers = append(servers, next) }
	}
	if c.Database == "" { c.Database = c.User }
	json.NewEncoder(os.Stdout).Encode(map[string]any{"servers": servers, "database": c.Database})
}`;

export interface Reference {
  /** JSON, or undefined when the text is refused. */
  readonly read: (text: string) => unknown;
}

/** Programs built once, in a folder that `clean` removes. */
export class References {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hp-formats-'));

  clean(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #run(program: string): Reference {
    const env = { PATH: process.env.PATH, HOME: this.#folder, TMPDIR: this.#folder };
    return {
      read(text) {
        const { stdout, status, stderr } = spawnSync(program, {
          input: bytesOf(text),
          encoding: 'utf8',
          timeout: 20_000,
          env,
        });
        if (status !== 0) throw new Error(`${program}: ${stderr}`);
        return stdout === 'refused' ? undefined : JSON.parse(stdout);
      },
    };
  }

  /** The program, or the reason why it cannot be had here. */
  #build(name: string, extension: string, source: string, command: (file: string, out: string) => string[], env = {}) {
    const [file, out] = [join(this.#folder, `${name}.${extension}`), join(this.#folder, name)];
    writeFileSync(file, source);
    const [program = '', ...args] = command(file, out);
    const { status, stderr, error } = spawnSync(program, args, {
      encoding: 'utf8',
      timeout: 120_000,
      env: { ...process.env, ...env },
    });
    if (error) return `${program} is not installed`;
    return status === 0 ? this.#run(out) : `${name} could not be built: ${stderr.split('\n', 3).join(' ')}`;
  }

  programOptions = () =>
    this.#build('options', 'cpp', OPTIONS_CPP, (file, out) => [
      'g++',
      '-O0',
      '-o',
      out,
      file,
      '-lboost_program_options',
    ]);
  propertyTree = () => this.#build('tree', 'cpp', TREE_CPP, (file, out) => ['g++', '-O0', '-o', out, file]);
  libpq = () =>
    this.#build('libpq', 'c', LIBPQ_C, (file, out) => ['gcc', '-I/usr/include/postgresql', '-o', out, file, '-lpq']);
  gcfg = () => this.#go('gcfg', GCFG_GO);
  pgx = () => this.#go('pgx', PGX_GO);

  /** Debian keeps Go libraries below /usr/share/gocode. */
  #go(name: string, source: string) {
    const env = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '', GOCACHE: join(this.#folder, 'cache') };
    return this.#build(name, 'go', source, (file, out) => ['go', 'build', '-o', out, file], env);
  }
}
