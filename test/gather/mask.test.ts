/** The masking program under every awk that is here: no secret leaves, everything else does. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isMasked, unmaskLines } from '../../src/formats/masked.js';
import { MASK_PROGRAM } from '../../src/gather/node/mask.js';

const AWKS: readonly (readonly string[])[] = [['mawk'], ['gawk'], ['original-awk'], ['busybox', 'awk']];

interface File {
  readonly name: string;
  readonly text: string;
}

/** As `grep -H` gives it to the program, all files in one process. */
function run(awk: readonly string[], files: readonly File[], nonce = 'abcdef') {
  const input = files
    .flatMap((f) =>
      f.text
        .replace(/\n$/, '')
        .split('\n')
        .map((l) => `${f.name}:${l}\n`),
    )
    .join('');
  return awkWith(awk, ['-v', 'skip=1'], input, nonce);
}

function awkWith(awk: readonly string[], args: readonly string[], input: string, nonce = 'abcdef') {
  const { stdout, stderr, status, error } = spawnSync(awk[0]!, [...awk.slice(1), ...args, '--', MASK_PROGRAM], {
    input,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C', HA_NONCE: nonce },
    maxBuffer: 1 << 26,
  });
  assert.equal(error, undefined);
  assert.deepEqual([status, stderr], [0, '']);
  const lines = unmaskLines(stdout.split('\n'));
  assert.ok(lines, 'a digest is missing');
  return { stdout, ...lines };
}

/** What arrived, without the digests. */
const shown = (text: string | undefined): string =>
  (text ?? '').replace(/%masked:[0-9a-f]{64}%/g, '***').replace(/\n$/, '');
const digests = (text: string | undefined): string[] => text?.match(/%masked:[0-9a-f]{64}%/g) ?? [];

type Case = readonly [name: string, text: string, expected: string];

const GCFG: readonly Case[] = [
  ['a name in other letters', 'пароль = hunter2', 'пароль = ***'],
  ['a name in signs', '密码=hunter2', '密码= ***'],
  ['a name with an accent, and a plain word', 'contraseña = hunter', 'contraseña = ***'],
  ['a password', 'Password = hunter2', 'Password = ***'],
  ['a switch of rserver', 'auth-encrypt-password=Off', 'auth-encrypt-password=Off'],
  ['another', 'auth-pam-require-password-prompt = No', 'auth-pam-require-password-prompt = No'],
  ['a personal access token', 'GITHUB_PAT=hunter2', 'GITHUB_PAT= ***'],
  ['short for credentials', 'DB_CREDS = hunter', 'DB_CREDS = ***'],
  ['a signature of Azure Storage', 'AZURE_SAS=hunter2', 'AZURE_SAS= ***'],
  ['a place of the SAS language', 'SAS = /opt/sas/9.4', 'SAS = /opt/sas/9.4'],
  [
    'a pattern, and names that end alike',
    'pat = foo\nsacred = a1b2\nspat = a1b2',
    'pat = foo\nsacred = a1b2\nspat = a1b2',
  ],
  [
    'headers of OpenTelemetry, with a key in any of them',
    'OTEL_EXPORTER_OTLP_TRACES_HEADERS=x-team=hunter2,b=c',
    'OTEL_EXPORTER_OTLP_TRACES_HEADERS= ***',
  ],
  ['headers that are something else', 'X-Headers = a=b1', 'X-Headers = a=b1'],
  ['a variable of nginx', 'set $db_token "hunter2";', 'set $db_token ***'],
  ['a variable of nginx that is none', 'set $upstream wb1.example.com;', 'set $upstream wb1.example.com;'],
  ['a password behind a colon without a blank', 'x = db-password:hunter2', 'x = db-password:***'],
  ['the port of a host', 'x = token-host:3939, secret:8080', 'x = token-host:3939, secret:8080'],
  ['quoted', 'Password = "hunter2 hunter2"', 'Password = ***'],
  ['a product key', 'x=activate HUNT-ER2A-BCDE-FGHI-JKLM-NOPQ-RST2 now', 'x=activate *** now'],
  ['no product key', 'x=ABCD-EFGH-IJKL-MNOP', 'x=ABCD-EFGH-IJKL-MNOP'],
  ['a key in base64', 'ENCRYPTION_KEY_B64=hunter2', 'ENCRYPTION_KEY_B64= ***'],
  ['the password of a key for openssl', 'x=/x -passin pass:hunter2 -in y', 'x=/x -passin pass:*** -in y'],
  ['an account of Samba', 'x=/x join -U admin%hunter2 -k', 'x=/x join -U admin%*** -k'],
  [
    'a setting of a program',
    'x=aws configure set aws_secret_access_key hunter2',
    'x=aws configure set aws_secret_access_key ***',
  ],
  ['a pre-shared key', 'wpa-psk = hunter2', 'wpa-psk = ***'],
  ['the password of a directory', 'ldap_default_authtok = hunter2', 'ldap_default_authtok = ***'],
  ['a session', 'session_id = hunter2', 'session_id = ***'],
  ['a password in Dutch', 'wachtwoord=hunter', 'wachtwoord= ***'],
  ['a password in Czech', 'heslo=hunter', 'heslo= ***'],
  [
    'a variable in braces',
    'env: [{name: DB_PASSWORD, value: hunter2}, {name: A}]',
    'env: [{name: DB_PASSWORD, value: ***}, {name: A}]',
  ],
  ['a comment behind it', 'Password = hunter2 ; hunter2', 'Password = *** ;***'],
  ['a comment behind quotes', 'Password = "hunter2;#" # hunter2', 'Password = *** #***'],
  ['commented out', '  ; Password = hunter2', '  ;'],
  ['commented out twice', '##Password=hunter2', '#'],
  ['a comment with a colon', '; password: hunter2', ';'],
  ['in a comment behind a value', 'Port = 1 ; password = hunter2 hunter2', 'Port = 1 ;'],
  ['a comment behind a value that only tells of one', 'Host = "a;b" # old one was hunter2', 'Host = "a;b" #'],
  ['a quote around a name and its secret', 'CustomHeader = "X-Api-Key: hunter2"', 'CustomHeader = "X-Api-Key: ***"'],
  ['a quote around an option and its secret', 'Arg = "--password hunter2"', 'Arg = "--password ***"'],
  [
    'a quote around a key in one line',
    'Key = "-----BEGIN PRIVATE KEY-----\\nhunter2\\n-----END"',
    'Key = "-----BEGIN PRIVATE***"',
  ],
  ['a quote that is missing', 'CustomHeader = "X-Api-Key: hunter2', 'CustomHeader = "X-Api-Key: ***'],
  ['in a comment behind a value, with a colon', 'Port = 1 # Token: hunter2', 'Port = 1 #'],
  ['blanks in place of a sign', 'smtp-password hunter2', 'smtp-password ***'],
  ['blanks, and a sign in it', '; bind_pwd\thunter2=hunter2', ';'],
  ['a comment that only tells of one', '# old one was hunter2', '#'],
  ['a word that is none', 'hosts allow all', 'hosts allow all'],
  ['an empty one', 'Password =', 'Password ='],
  ['a URL', 'URL = postgres://u:hunter2@h/d', 'URL = postgres://u:***@h/d'],
  [
    'a URL, quoted',
    'URL = "postgres://u:hunter2@h:5432/d?sslmode=require" ; x',
    'URL = "postgres://u:***@h:5432/d?sslmode=require" ;',
  ],
  ['a URL commented out, with a query', '; URL = postgres://u:hunter2@h/d?a=b', ';'],
  ['a URL alone in a comment', '; postgres://u:hunter2@h/d?a=b', ';'],
  ['a URL behind prose', '# was postgres://u:hunter2@h/d until May', '#'],
  [
    'a URL with everything in its password',
    `URL = postgres://u:hunter2@:#;/?'"hunter2@h/d`,
    'URL = postgres://u:***@h/d',
  ],
  [
    'a URL with blanks in its password, quoted',
    'URL = "postgres://u:hunter2 hunter2@h/d"',
    'URL = "postgres://u:***@h/d"',
  ],
  ['and not quoted', 'URL = postgres://u:hunter2 hunter2@h/d', 'URL = postgres://u:***@h/d'],
  ['a comment character in an unquoted URL', 'URL = postgres://u:hunter2#;hunter2@h/d', 'URL = postgres://u:***@h/d'],
  ['a user with an @', 'URL = postgres://u@server:hunter2@h/d', 'URL = postgres://u@server:***@h/d'],
  ['no user', 'URL = postgres://:hunter2@h/d', 'URL = postgres://:***@h/d'],
  [
    'a URL without a password',
    'URL = postgres://u@h:5432/d?sslmode=require',
    'URL = postgres://u@h:5432/d?sslmode=require',
  ],
  [
    'a password in the query',
    'URL = "postgres://u@h/d?password=hunter2&sslmode=require"',
    'URL = "postgres://u@h/d?password=***&sslmode=require"',
  ],
  [
    'two URLs',
    'URL = postgres://a:hunter2@x/d postgres://b:hunter2@y/d',
    'URL = postgres://a:***@x/d postgres://b:***@y/d',
  ],
  ['a DSN', 'URL = "host=h password=hunter2 dbname=d"', 'URL = "host=h password=*** dbname=d"'],
  ['a DSN, not quoted', 'URL = host=h password=hunter2 dbname=d', 'URL = host=h password=*** dbname=d'],
  [
    'a DSN with blanks around =',
    'URL = host = h password = hunter2 dbname = d',
    'URL = host = h password = *** dbname = d',
  ],
  ['a DSN with quotes', `URL = "host=h password='hunter2 hunter2' dbname=d"`, 'URL = "host=h password=*** dbname=d"'],
  [
    'a DSN with quotes in quotes',
    `URL = host=h password='hunter2\\'s hunter2' dbname=d`,
    'URL = host=h password=*** dbname=d',
  ],
  ['a DSN with quotes escaped twice', `URL = "host=h password='hunter2\\\\'s hunter2'"`, 'URL = "host=h password=***"'],
  ['a DSN with an open quote', `URL = host=h password='hunter2 hunter2`, 'URL = host=h password=***'],
  ['a DSN with quotes in the middle', 'URL = host=h password=hunter2"b hunter2"d', 'URL = host=h password=***'],
  ['a DSN cut by a comment', 'URL = host=h password=hunter2 ;hunter2', 'URL = host=h password=*** ;***'],
  ['JSON', 'X = {"password":"hunter2 hunter2","host":"h"}', 'X = {"password":***,"host":"h"}'],
  ['JSON in quotes', 'X = "{\\"password\\":\\"hunter2 hunter2\\"}"', 'X = "{\\"password\\":***"'],
  ['continued', 'Password = hunter2\\\nhunter2\\\n hunter2\nPort = 1', 'Password = ***\n***\n***\nPort = 1'],
  ['continued from the start', 'Password = \\\n  hunter2\nPort = 1', 'Password = ***\n***\nPort = 1'],
  ['a URL continued', 'URL = postgres://u:\\\nhunter2@h/d\nPort = 1', 'URL = postgres://u:\\\n***\nPort = 1'],
  ['a DSN continued', `URL = host=h password='a \\\nhunter2'\nPort = 1`, 'URL = host=h password=***\n***\nPort = 1'],
  [
    'a DSN continued behind its =',
    'URL = host=h password=\\\nhunter2\nPort = 1',
    'URL = host=h password=***\n***\nPort = 1',
  ],
  ['what does not continue', 'Password = hunter2\\\\\nPort = 1', 'Password = ***\nPort = 1'],
  ['CRLF', 'Password = hunter2\r\nPort = 1\r', 'Password = ***\nPort = 1\r'],
  ['CRLF continued', 'Password = hunter2\\\r\nhunter2\r\nPort = 1\r', 'Password = ***\n***\nPort = 1\r'],
  [
    'names that look like one',
    'BindPassword=hunter2\nAPI_Key = hunter2\nclientSecret=hunter2\nauth-token=hunter2\nbindpw=hunter2\nAWS_SECRET_ACCESS_KEY=hunter2',
    ['BindPassword', 'API_Key ', 'clientSecret', 'auth-token', 'bindpw', 'AWS_SECRET_ACCESS_KEY']
      .map((n) => `${n}= ***`)
      .join('\n'),
  ],
  [
    'names that do not',
    'EncryptionKeyPath = /k\nPasswordFile = /p\nTokenLifetime = 5\nKeyID = x\nPort = 1',
    'EncryptionKeyPath = /k\nPasswordFile = /p\nTokenLifetime = 5\nKeyID = x\nPort = 1',
  ],
  [
    'hosts that look like one',
    'URL = postgres://u@password-db:5432/d\nListen = token:3939',
    'URL = postgres://u@password-db:5432/d\nListen = token:3939',
  ],
  [
    'sections, comments, words',
    '[Server]\n; Note: nothing\n# C:\\\nHidden\n\nX = a # b',
    '[Server]\n;\n#\nHidden\n\nX = a #',
  ],
];

const KEYS: readonly Case[] = [
  [
    'a private key',
    '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n\nhunter2==\n-----END RSA PRIVATE KEY-----\nx = 1',
    '-----BEGIN RSA PRIVATE***\n***\n***\n***\n***\nx = 1',
  ],
  [
    'with a name',
    'Key = "-----BEGIN PRIVATE KEY-----\nhunter2=\n-----END PRIVATE KEY-----"\nx = 1',
    'Key = "-----BEGIN PRIVATE***\n***\n***\nx = 1',
  ],
  [
    'in one line',
    'x = -----BEGIN OPENSSH PRIVATE KEY-----\\nhunter2\\n-----END OPENSSH PRIVATE KEY-----\nx = 1',
    'x = -----BEGIN OPENSSH PRIVATE***\nx = 1',
  ],
  [
    'commented out',
    '# -----BEGIN EC PRIVATE KEY-----\n# hunter2\n# -----END EC PRIVATE KEY-----\nx = 1',
    '# -----BEGIN EC PRIVATE***\n***\n***\nx = 1',
  ],
  [
    'behind another secret',
    'Password=hunter2 -----BEGIN PRIVATE KEY-----\nhunter2\n-----END\nx = 1',
    '***\n***\n***\nx = 1',
  ],
  [
    'a certificate is none',
    '-----BEGIN CERTIFICATE-----\nabc=\n-----END CERTIFICATE-----',
    '-----BEGIN CERTIFICATE-----\nabc=\n-----END CERTIFICATE-----',
  ],
  ['one that never ends', '-----BEGIN PRIVATE KEY-----\nhunter2', '-----BEGIN PRIVATE***\n***'],
];

const YAML: readonly Case[] = [
  ['a password', 'password: hunter2', 'password: ***'],
  ['with = in it', 'token: hunter2==', 'token: ***'],
  ['quoted name', '"password": hunter2', '"password": ***'],
  [
    'deeper, with a comment',
    'net:\n  ssl:\n    PEMKeyPassword: "hunter2 x" # hunter2\n  port: 1',
    'net:\n  ssl:\n    PEMKeyPassword: *** #***\n  port: 1',
  ],
  ['in the next line', 'a:\n  password:\n    hunter2\n    hunter2\n  port: 1', 'a:\n  password:\n***\n***\n  port: 1'],
  [
    'a byte-order mark',
    '\ufeffreplication:\n  replSetName: rs\nport: 1',
    '\ufeffreplication:\n  replSetName: rs\nport: 1',
  ],
  ['a secret behind a byte-order mark', '\ufeffpassword: hunter2', '\ufeffpassword: ***'],
  ['a block', 'password: |\n  hunter2\n\n  hunter2\nport: 1', 'password: ***\n***\n\n***\nport: 1'],
  ['in a list', '- password: hunter2\n  port: 1', '- password: ***\n  port: 1'],
  ['in braces', 'a: {host: h, password: "hunter2 x", port: 1}', 'a: {host: h, password: ***, port: 1}'],
  ['in braces, not quoted', 'a: {host: h, password: hunter2 hunter2}', 'a: {host: h, password: ***'],
  ['a URL with a query', 'url: postgres://u:hunter2@h/d?a=b', 'url: postgres://u:***@h/d?a=b'],
  ['a comment', '# password: hunter2\nport: 1', '#\nport: 1'],
  ['a list as deep as its name', 'passwords:\n- hunter2\n- hunter2 x\nport: 1', 'passwords:\n***\n***\nport: 1'],
  [
    'names that do not',
    'security:\n  keyFile: /k\n  authorization: enabled',
    'security:\n  keyFile: /k\n  authorization: enabled',
  ],
];

const CONF: readonly Case[] = [
  ['a password', 'provider=postgresql\npassword=hunter2\nhost=h', 'provider=postgresql\npassword= ***\nhost=h'],
  ['a quoted password', 'password="hunter2 \\" hunter2"', 'password= ***'],
  [
    'a URI',
    'connection-uri=postgresql://u:hunter2@h:5432/d?sslmode=require',
    'connection-uri=postgresql://u:***@h:5432/d?sslmode=require',
  ],
  ['a URI commented out', '#connection-uri=postgresql://u:hunter2@h/d', '#'],
  [
    'a repository',
    'CRAN=https://u:hunter2@pm.example.com/cran|Other=https://h/x',
    'CRAN=https://u:***@pm.example.com/cran|Other=https://h/x',
  ],
];

const GROOVY: readonly Case[] = [
  ['a password', '  password = "hunter2"', '  password = ***'],
  ['single quotes', "password = 'hunter2 \\' hunter2'", 'password = ***'],
  [
    'a block in one line',
    'grails { mongo { password = "hunter2 x"; host = "h" } }',
    'grails { mongo { password = ***; host = "h" } }',
  ],
  ['behind another value', 'host = "h"; password = "hunter2 hunter2"', 'host = "h"; password = ***'],
  ['a map', 'd = [user: "u", password: "hunter2 x", host: "h"]', 'd = [user: "u", password: ***, host: "h"]'],
  ['a quoted name', `d.'password' = "hunter2"`, `d.'password' = ***`],
  [
    'a call',
    'password("hunter2")\nsetPassword "hunter2"\nchangePassword("u", "hunter2")',
    'password(***\nsetPassword ***\nchangePassword(***',
  ],
  ['code', 'password = System.getenv("X") ?: "hunter2"', 'password = code ***'],
  ['a name without quotes', 'password = hunter2', 'password = code ***'],
  ['a text with code in it', 'x { password = "${hunter2}"; port = 1 }', 'x { password = code ***; port = 1 }'],
  ['a text with a dollar sign', "password = 'hunter$x'; x = 1", 'password = ***; x = 1'],
  ['an escaped dollar sign', 'password = "hunter\\$x"', 'password = ***'],
  ['no value', 'password = null', 'password = ***'],
  ['a sum', 'password = "hunter2" + "hunter2"', 'password = code ***'],
  ['a sum over lines', 'password = "hunter2" +\n  "hunter2"\nport = 1', 'password = code ***\n***\nport = 1'],
  ['a chain over lines', 'password = "hunter2"\n  .concat("hunter2")\nport = 1', 'password = ***\n***\nport = 1'],
  ['the next line', 'password =\n  "hunter2"\nport = 1', 'password =\n***\nport = 1'],
  [
    'a list over lines',
    'passwords = [ "hunter2]",\n "hunter2",\n  "x" ]\nport = 1',
    'passwords = ***\n***\n***\nport = 1',
  ],
  ['a string over lines', "password = '''hunter2\nhunter2\n'''\nport = 1", 'password = ***\n***\n***\nport = 1'],
  ['a string in three quotes', `password = """hunter2 "x" hunter2"""; port = 1`, 'password = ***; port = 1'],
  ['appended', 'password += "hunter2"', 'password += ***'],
  ['a comment behind it', 'password = "hunter2" // hunter2', 'password = ***'],
  ['commented out', '// password = "hunter2"\nport = 1', '//\nport = 1'],
  ['in a block comment', '/* password = hunter2 */ port = 1', '/* password = ***\n port = 1'.replace('\n', '*/')],
  [
    'a block comment alone',
    '/* hunter2 */\nport = 1\n/* hunter2\n * hunter2 */\nx = 1',
    '/* */\nport = 1\n/*\n * */\nx = 1',
  ],
  ['a comment with an apostrophe', "// don't: password = 'hunter2 hunter2'", '//'],
  ['a URL', 'url = "mongodb://u:hunter2@h:8003/d?a=b"', 'url = "mongodb://u:***@h:8003/d?a=b"'],
  [
    'URLs in a list',
    'urls = ["mongodb://u:hunter2@a/d", \'mongodb://u:hunter2@b/d\']',
    'urls = ["mongodb://u:***@a/d", \'mongodb://u:***@b/d\']',
  ],
  ['in a query', "url = 'jdbc:x://h/d?user=u&password=hunter2'", "url = 'jdbc:x://h/d?user=u&password=***'"],
  ['CRLF', 'password = "hunter2"\r\nport = 1\r', 'password = ***\r\nport = 1\r'],
  [
    'what is none',
    'replicaSet = [ "10.0.0.1:8003",\n "10.0.0.2:8003" ]\nhost = "password"\nport = 8003',
    'replicaSet = [ "10.0.0.1:8003",\n "10.0.0.2:8003" ]\nhost = "password"\nport = 8003',
  ],
];

/** Secrets that no name tells, and what looks like one and is none. */
const SHAPES: readonly Case[] = [
  ['a header', 'server-add-header=Authorization: Bearer hunter2x', 'server-add-header=Authorization: ***'],
  ['a scheme alone', 'x=Bearer hunter2', 'x=Bearer ***'],
  ['Basic', 'x=Basic aHVudGVyMg== y', 'x=Basic *** y'],
  ['X-Api-Key', 'x=X-Api-Key: hunter2', 'x=X-Api-Key: ***'],
  ['a cookie', 'cookie=hunter2=hunter2', 'cookie= ***'],
  ['a token as user', 'x=https://hunter2hunter2hunter2A@github.com/x', 'x=https://***@github.com/x'],
  ['an ordinary user', 'x=postgres://rstudio@db/rs', 'x=postgres://rstudio@db/rs'],
  ['a signed query', 'x=https://h/p?sv=2020-01-01&sig=hunter2%2B', 'x=https://h/p?sv=2020-01-01&sig=***'],
  ['a webhook', 'x=https://hooks.slack.com/services/T0/B0/hunter2', 'x=https://hooks.slack.com/services/***'],
  ['another webhook', 'x=https://chat.example.com/hooks/hunter2 y', 'x=https://chat.example.com/hooks/*** y'],
  ['an option', 'x=/usr/bin/a --user u --password hunter2 --port 1', 'x=/usr/bin/a --user u --password *** --port 1'],
  ['of curl', 'x=curl -u ops:hunter2 https://h', 'x=curl -u ops:*** https://h'],
  ['of mysql', 'x=mysql -phunter2 db', 'x=mysql -p*** db'],
  ['before a command', 'x=PGPASSWORD=hunter2 psql', 'x=PGPASSWORD=***'],
  ['of JDBC', 'x=jdbc:oracle:thin:scott/hunter2@//h:1521/s', 'x=jdbc:oracle:thin:scott/***@//h:1521/s'],
  ['an account key', 'x=AccountName=a;AccountKey=hunter2==;y', 'x=AccountName=a;AccountKey=***'],
  ['a JWT', 'x=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.hunter2', 'x=***'],
  ['base64 of a PEM', 'client-key-data: LS0tLS1CRUdJTiBQUklWQVRF', 'client-key-data: ***'],
  ['PKCS#8 on one line', 'x=MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', 'x=***'],
  ['without a scheme', 'x=svc:hunter2@db.example.com/x', 'x=svc:***@db.example.com/x'],
  ['of a proxy', 'HTTPS_PROXY=u:hunter2@proxy:3128', 'HTTPS_PROXY=u:***@proxy:3128'],
  ['of a driver', 'x=u:hunter2@tcp(db:3306)/y', 'x=u:***@tcp(db:3306)/y'],
  ['of Oracle', 'x=scott/hunter2@db.example.com:1521/x', 'x=scott/***@db.example.com:1521/x'],
  ['of .netrc', 'machine h login u password hunter2', 'machine h login u password ***'],
  ['of .pgpass', 'db.example.com:5432:*:u:hunter2', 'db.example.com:5432:*:u:***'],
  ['of .npmrc', '_auth=hunter2=', '_auth= ***'],
  ['of docker', '{"auths":{"r":{"auth":"hunter2=="}}}', '{"auths":{"r":{"auth":***}}}'],
  ['of JSON that ends in =', '{"a":1,"password":"hunter2=="}', '{"a":1,"password":***}'],
  ['of docker login', 'x=docker login -u u -p hunter2 r', 'x=docker login -u u -p *** r'],
  ['of curl, in words', 'x=curl --user u:hunter2 https://h', 'x=curl --user u:*** https://h'],
  ['of mysql, behind a user', 'x=mysql -u root -phunter2 db', 'x=mysql -u *** -p*** db'],
  ['of htpasswd', 'x=htpasswd -cb /x u hunter2', 'x=htpasswd -cb ***'],
  ['of htpasswd, in words', 'x=/usr/bin/htpasswd -B -b /x u hunter2', 'x=/usr/bin/htpasswd -B -b ***'],
  ['of a program that zips', 'x=zip -r -P hunter2 a.zip b', 'x=zip -r -P *** a.zip b'],
  ['of mongodump', 'x=mongodump -u a -p hunter2', 'x=mongodump -u *** -p ***'],
  ['of a directory that is changed', 'x=ldapmodify -D cn=x -w hunter2', 'x=ldapmodify -D cn=x -w ***'],
  ['of mysqladmin', 'x=mysqladmin -h h password hunter2', 'x=mysqladmin -h h password ***'],
  ['of RabbitMQ', 'x=rabbitmqctl -q add_user ops hunter2', 'x=rabbitmqctl -q add_user ops ***'],
  ['of sqlplus', 'x=sqlplus -s scott/hunter2', 'x=sqlplus -s ***'],
  ['of SNMP', 'x=snmpget -v2c -c hunter2 h', 'x=snmpget -v2c -c *** h'],
  ['of a key store', 'x=keytool -storepass hunter2 -x', 'x=keytool -storepass *** -x'],
  ['of smbpasswd', 'x=smbpasswd -e ops hunter2', 'x=smbpasswd -e ***'],
  ['of smbpasswd, without an option', 'x=/usr/bin/smbpasswd ops hunter2', 'x=/usr/bin/smbpasswd ***'],
  ['to be read by smbpasswd', 'x=(echo hunter2; echo hunter2) | smbpasswd -s ops', 'x=(echo *** | smbpasswd -s ***'],
  ['of net', 'x=net user ops hunter2 /add', 'x=net user ops ***'],
  ['of net, at another host', 'x=net rpc user add ops hunter2 -S h', 'x=net rpc user add ops ***'],
  ['of rclone', 'x=rclone config create r sftp host h pass hunter2', 'x=rclone config create r ***'],
  ['of rclone, made unreadable', 'x=rclone --quiet obscure hunter2', 'x=rclone --quiet obscure ***'],
  [
    'of Redis',
    'masteruser repl\nmasterauth hunter\nrequirepass hunter2',
    'masteruser repl\nmasterauth ***\nrequirepass ***',
  ],
  [
    'of Redis, as options',
    'x=redis-server --requirepass hunter2 --masterauth hunter2 --port 1',
    'x=redis-server --requirepass *** --masterauth *** --port 1',
  ],
  ['of Redis, set', 'x=redis-cli config set requirepass hunter2', 'x=redis-cli config set requirepass ***'],
  ['of a rule of Redis', 'user ops on >hunter2 >hunter2 ~* +@all', 'user ops on >***'],
  ['of a rule of Redis, set', 'x=redis-cli ACL SETUSER ops on >hunter2 ~*', 'x=redis-cli ACL SETUSER ops on >***'],
  ['t in a query', 'x=https://h/p?a=b&t=Hunter2hunter2', 'x=https://h/p?a=b&t=***'],
  ['a cookie of curl', 'x=curl -b a=hunter2 h', 'x=curl -b *** h'],
  [
    'a secret of Kubernetes',
    'x=kubectl create secret generic a --from-literal=b=hunter2',
    'x=kubectl create secret generic a ***',
  ],
  ['of a mount by a program', 'sshfs#u:hunter2@h:/x /m fuse rw 0 0', 'sshfs#u:***@h:/x /m fuse rw 0 0'],
  ['of .curlrc', 'proxy-user = u:hunter2', 'proxy-user = u:***'],
  ['of .curlrc, in quotes', 'user: "u:hunter2"', 'user: "u:***"'],
  ['of .curlrc, behind blanks', 'user u:hunter2', 'user u:***'],
  ['a session in a URL', 'x=https://h/x?sid=hunter2&ticket=ST-1-hunter2', 'x=https://h/x?sid=***&ticket=***'],
  ['of vault', 'x=vault login hunter2', 'x=vault login ***'],
  ['of openssl', 'x=openssl enc -k hunter2', 'x=openssl enc -k ***'],
  ['to be read by sudo', 'x=echo hunter2 | sudo -S id', 'x=echo *** | sudo -S id'],
  ['to be read, in quotes', "x=printf '%s hunter2' | chpasswd", 'x=printf *** | chpasswd'],
  ['to be read, as a here-string', 'x=sudo -S id <<< hunter2', 'x=sudo -S id <<< ***'],
  ['a header that is set', 'x=http-request set-header X-Site hunter2', 'x=http-request set-header X-Site ***'],
  ['a header by a word', 'x=proxy_set_header X-Site hunter2;', 'x=proxy_set_header X-Site ***'],
  ['a name in other letters inside a value', 'x=a=1;пароль=hunter2', 'x=a=1;пароль=***'],
  ['of CIFS', '//h/s /m cifs user=u%hunter2,rw 0 0', '//h/s /m cifs user=u%***,rw 0 0'],
  ['of DAV', '//u:hunter2@h/s /m davfs rw 0 0', '//u:***@h/s /m davfs rw 0 0'],
  ['of XML', '<password>hunter2</password>', '<password>***</password>'],
  ['a name and a value', '{"name":"DB_PASSWORD","value":"hunter2"}', '{"name":"DB_PASSWORD","value":"***"}'],
  ['in two lines', '- name: DB_PASSWORD\n  value: hunter2\n', '- name: DB_PASSWORD\n  value:***'],
  ['a name and a value of no secret', '- name: DB_HOST\n  value: db\n', '- name: DB_HOST\n  value: db'],
  ['set', 'set DB_PASSWORD "hunter2"\nSetEnv DB_TOKEN hunter2', 'set DB_PASSWORD ***\nSetEnv DB_TOKEN ***'],
  ['a header of Opsgenie', 'x=GenieKey hunter2', 'x=GenieKey ***'],
  ['a community', 'rocommunity hunter2', 'rocommunity ***'],
  ['a prefix behind a long name', 'a-name-of-many-letters=ghp_hunter2hunter2', 'a-name-of-many-letters=***'],
  ['more prefixes', 'x=shpat_hunter2\ny=dop_v1_hunter2\nz=ATATT3hunter2', 'x=***\ny=***\nz=***'],
  ['a digest between digits', 'x="01234567c2VjcmV0aHVudGVyMg==01234567"', 'x="***"'],
  ['a hash', 'x=$6$salt$hunter2', 'x=***'],
  ['a prefix', 'x=ghp_hunter2hunter2', 'x=***'],
  ['hex', 'x=9f86d081884c7d659a2feaa0c55ad015', 'x=***'],
  ['random letters', 'x=kX9fQ2mZ8vTpL4wRn7Yb1c', 'x=***'],
  ['a token in the path of a URL', 'x=https://h/api/kX9fQ2mZ8vTpL4wRn7Yb1c/y', 'x=https://h/api/***/y'],
  ['a UUID', 'x=1b4e28ba-2fa1-11d2-883f-0016d3cca427', 'x=***'],
  ['a file called after a secret that is none', 'password-file=hunter2', 'password-file= ***'],
  ...[
    'x=/usr/lib/rstudio-server/bin/postback/rpostback-git-credential-helper',
    'ssl-ciphers=ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305',
    'x=urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    'www-host-name=wb1.internal.example.com',
    'x=load-balanced-environment-of-the-analytics-team',
    'session-timeout-minutes=120',
    'secure-cookie-key-file=/etc/rstudio/secure-cookie-key',
    'auth-cookies-force-secure=1',
    'x=SHA256withRSAEncryptionAndMore',
    'x=10.0.0.1:8787,10.0.0.2:8787',
    'seed=42',
    'server-user=rstudio-server',
    'x=user = ops, host: db.example.com:5432',
    'TimeoutStartSec=10min',
    'x=actions/checkout@v4',
    'x=git@github.com:org/x.git',
    'auth = true',
    'x=mailto:ops@example.com',
    'S3Bucket=acme-rspm-5f3a9c1b2d4e',
    'x=/shared/5f3a9c1b2d4e5f3a9c1b2d4e/home',
    'x=postgres://rstudio@pg-1a2b3c4d5e6f7a8b9c0d.internal:5432/rs',
    'x=https://pg-1a2b3c4d5e6f7a8b9c0d.internal/app',
    'host=db.c9akciq32rxy1.us-east-1.rds.amazonaws.com',
    'x=cn=users,ou=people,dc=example,dc=com',
    'x=https://pm.example.com/cran/__linux__/jammy/2023-10-10',
    'x=https://h/p?t=10&u=1',
    'x=https://h/p?t=2024-01-01T10:00:00Z',
    'x=https://h/p?t=1h20m30s',
    'h:/x /m nfs rw,t=abc12345678,actimeo=60 0 0',
    'ExecStart=/usr/bin/run --user ops start >/dev/null',
    'x=systemctl --user start a >> /tmp/x',
    'x=net use /smbpasswd',
    'x=rclone mount r: /m --vfs-cache-mode full',
  ].map((text): Case => [`readable: ${text}`, text, text]),
];

const TABLES: readonly [file: string, cases: readonly Case[]][] = [
  ['/etc/rstudio-connect/rstudio-connect.gcfg', [...GCFG, ...KEYS]],
  ['/opt/deployr/mongo/mongod.conf', YAML],
  ['/etc/rstudio/database.conf', CONF],
  ['/etc/rstudio/rserver.conf', SHAPES],
  ['/opt/deployr/deployr/deployr.groovy', GROOVY],
];

/** `N=word` expected of a file: lines with a cut, lines with a placeholder. */
const FLAGS: readonly [name: string, file: string, text: string, cut: number[], placeholders: number[]][] = [
  ['cut', 'a.gcfg', '[A]\nx = a;b\ny = a#b\nz = "a#b;c"\n', [2, 3], []],
  ['no cut by a comment', 'a.gcfg', 'x = a ; b\ny = a # b\nz = ; c\n; x = a;b\n# x = a#b\n', [], []],
  ['cut in a secret', 'a.gcfg', 'URL = postgres://u:p#w@h/d\nPassword = a;b\n', [1, 2], []],
  ['not cut by an escape', 'a.gcfg', 'x = a\\;b\ny = "a\\"#b"\n', [], []],
  ['a comparison is no cut', 'a.groovy', 'a = 1;b = 2\n', [], []],
  [
    'placeholders',
    'a.gcfg',
    'Password = changeme\nApiKey = "CHANGE_ME"\nToken = REPLACE-ME\nSecret=xxx\nSalt=secret\n',
    [],
    [1, 2, 3, 4, 5],
  ],
  [
    'no placeholder where it is a comment',
    'a.gcfg',
    '; Password = changeme\n# Password = changeme\nx = 1 ; password = changeme\nPassword = a ; changeme\n',
    [],
    [],
  ],
  ['a placeholder before a comment', 'a.gcfg', 'Password = changeme ; really\n', [], [1]],
  [
    'a placeholder in a URL, a DSN',
    'a.gcfg',
    `x = postgres://u:changeme@h/d\ny = host=h password='changeme' dbname=d\n`,
    [],
    [1, 2],
  ],
  ['other words', 'a.gcfg', 'Password = changeme1\nx = changeme\nPassword = "exchange me"\n', [], []],
  ['groovy', 'a.groovy', `password = "changeme"\np = [password: 'changeme']\n`, [], [1, 2]],
  ['groovy, before a comment', 'a.groovy', `password = 'changeme' // once\npassword = "changeme"; // b\n`, [], [1, 2]],
  ['groovy, the first part of an expression', 'a.groovy', `password = 'changeme' + x // c\n`, [], []],
  [
    'groovy comments',
    'a.groovy',
    '// password = "changeme"\n/* password = "changeme" */\n * password = "changeme"\nx = 1 // password = "changeme"\n',
    [],
    [],
  ],
  [
    'templates, and words of documents',
    'database.conf',
    'password={{ vault_db_password }}\npassword=${DB_PASSWORD}\npassword=$DB_PASSWORD\npassword=<your password>\npassword=@PASSWORD@\npassword=@@DB_PASSWORD@@\npassword=<%= @db_password %>\npassword=#{DbPassword}\npassword=((db-password))\npassword=[[ db_password ]]\npassword=__DB_PASSWORD__\npassword=%PASSWORD%\npassword=[password]\npassword=aaaaaa\npassword=********\npassword=REPLACE_ME\npassword=to-be-replaced\npassword=insert your password here\npassword=placeholder\npassword=$(DB_PASSWORD)\n',
    [],
    Array.from({ length: 20 }, (_, i) => i + 1),
  ],
  [
    'what only looks like a template',
    'database.conf',
    'password=a${b}c\npassword={{x\npassword=hunter2\npassword=<>\npassword=$\npassword=pa$$word9\n',
    [],
    [],
  ],
  ['YAML', 'mongod.conf', 'password: changeme\n# password: changeme\n', [], [1]],
];

/** Files whose first line is a database's URL with a password that the product's driver does not take, and others. */
const URLS: readonly [file: string, text: string, refused: boolean][] = [
  ...['p#w', 'a/b', 'a?b', 'a b', 'a[b', 'a%zz', 'a%', 'a^b@c'].map((word): [string, string, boolean] => [
    'a.gcfg',
    `URL = "postgres://u:${word}@h/d"`,
    true,
  ]),
  ...['pw', 'a@b', 'a;b', "it's", 'a%23b', 'changeme', '<password>'].map((word): [string, string, boolean] => [
    'a.gcfg',
    `URL = "postgresql://u:${word}@h/d?application_name=a@b"`,
    false,
  ]),
  ['a.gcfg', 'URL = postgres://u:a;b@h/d', true],
  ['a.gcfg', '; URL = "postgres://u:a#b@h/d"', false],
  ['a.gcfg', 'x = "https://u:a#b@h/d"', false],
  ['database.conf', 'connection-uri=postgres://u:a#b?c@h/d', false],
  ['database.conf', 'connection-uri=postgres://u:pw@h/d?application_name=a@b', false],
  ['database.conf', 'connection-uri=postgres://u:a@b@h/d', true],
  ['database.conf', 'connection-uri=postgres://u:a/b@h/d', true],
  ['database.conf', 'connection-uri=postgres://u:a%b@h/d', true],
];

/** Of rskey, or of rspm encrypt. */
const ENCRYPTED = 'Qu0lI/gridhu85sqChwFtP2wFkqCcWt9owBpxFjAhKFaU2xYz0abcDEF';
const IN_CHECKSUMS = `6D6D8E33${'W0rKzq1S6G0RrW3m'.repeat(4)}6d6d8e33`;
/** Files whose first line has a secret that may equal one of another digest, and others. */
const WRAPPED: readonly [file: string, text: string, wrapped: boolean][] = [
  ['a.gcfg', `Password = ${ENCRYPTED}`, true],
  ['a.gcfg', `Password = "${ENCRYPTED.slice(2)}==" ; by rspm`, true],
  ['a.gcfg', `; Password = ${ENCRYPTED}`, false],
  ['a.gcfg', `Password = ${ENCRYPTED.slice(1)}`, false],
  ['a.gcfg', `Password = ${ENCRYPTED.slice(0, 36)}`, false],
  ['a.gcfg', `Password = ${'0123456789abcdef'.repeat(4)}`, false],
  ['a.gcfg', 'URL = postgres://u:a%2Db@h/d', false],
  ['database.conf', `password=${IN_CHECKSUMS}`, true],
  ['database.conf', `password="${IN_CHECKSUMS}"`, true],
  ['database.conf', `password=${ENCRYPTED}`, false],
  ['database.conf', `password=${IN_CHECKSUMS.replace('6D6D8E33', '6D6D8E34')}`, false],
  ['database.conf', `password=${IN_CHECKSUMS.replaceAll(/6d6d8e33/gi, 'withoutX')}`, false],
  ['database.conf', 'connection-uri=postgres://u:a%2Db@h/d', true],
  ['audit-database.conf', 'connection-uri=postgres://u:a%2Db@h/d', true],
  ['database.conf', 'connection-uri=postgres://u:a-b@h/d?application_name=a%20b', false],
];

const isHere = (awk: readonly string[]): boolean => !spawnSync(awk[0]!, [...awk.slice(1), 'BEGIN { exit 0 }']).error;

it('there is an awk to test with', () => {
  assert.ok(AWKS.some(isHere));
});

for (const awk of AWKS) {
  const name = awk.join(' ');
  const missing = isHere(awk) ? false : `${name} is not installed`;
  describe(`masking under ${name}`, { skip: missing }, () => {
    for (const [file, cases] of TABLES) {
      const ending = file.replace(/.*\//, '');
      // one process for all: a file each
      let arrived: ReturnType<typeof run> | undefined;
      const path = (i: number): string => `${i}${file}`;
      const all = () => {
        arrived ??= run(
          awk,
          cases.map(([, text], i) => ({ name: path(i), text })),
        );
        return arrived;
      };
      cases.forEach(([what, , expected], i) => {
        it(`${ending}: ${what}`, () => {
          assert.equal(shown(all().files.get(path(i))), expected);
        });
      });
      it(`${ending}: no secret anywhere`, () => {
        assert.ok(!all().stdout.includes('hunter2'));
      });
    }

    it('says which lines are cut, which secrets are placeholders', () => {
      const files = FLAGS.map(([, file, text], i) => ({ name: `/${i}/${file}`, text }));
      const { cut, placeholders } = run(awk, files);
      FLAGS.forEach(([what, , , cuts, words], i) => {
        assert.deepEqual(cut.get(files[i]!.name) ?? [], cuts, what);
        assert.deepEqual(placeholders.get(files[i]!.name) ?? [], words, what);
      });
    });

    it('says which passwords must be encoded', () => {
      const files = URLS.map(([file, text], i) => ({ name: `/${i}/${file}`, text: `${text}\n` }));
      const { unencoded } = run(awk, files);
      URLS.forEach(([, text, refused], i) => {
        assert.deepEqual(unencoded.get(files[i]!.name), refused ? [1] : undefined, text);
      });
    });

    it('says which secrets may equal one of another digest', () => {
      const files = WRAPPED.map(([file, text], i) => ({ name: `/${i}/${file}`, text: `${text}\n` }));
      const { wrapped } = run(awk, files);
      WRAPPED.forEach(([, text, expected], i) => {
        assert.deepEqual(wrapped.get(files[i]!.name), expected ? [1] : undefined, text);
      });
    });

    it('equal secrets are equal, others are not, and another run has other digests', () => {
      const text = `Password = one\nPassword = "one" ; c\nPassword=one\r\nPassword = two\nURL = postgres://u:one@h/d\nx = host=h password='one'\n`;
      const first = digests(run(awk, [{ name: '/a.gcfg', text }]).files.get('/a.gcfg'));
      const [one] = first;
      assert.deepEqual(
        first.map((d) => d === one),
        // the third is the comment, the fifth is two
        [true, true, false, true, false, true, true],
      );
      const again = digests(run(awk, [{ name: '/a.gcfg', text }], '123456').files.get('/a.gcfg'));
      assert.ok(again.every((x) => !first.includes(x)));
    });

    it('a key in hexadecimal has no case, a password has', () => {
      const text = [
        'PACKAGEMANAGER_ENCRYPTION_KEY',
        'Environment="PACKAGEMANAGER_ENCRYPTION_KEY',
        'EncryptionKey ',
        'Password ',
      ]
        .flatMap((name) => ['0a1b', '0A1B', '0A1Bg', '0a1bg'].map((value) => `${name}=${value}\n`))
        .join('');
      const all = digests(run(awk, [{ name: '/a.gcfg', text }]).files.get('/a.gcfg'));
      const equal = Array.from({ length: 4 }, (_, i) => all.slice(4 * i, 4 * i + 4)).map((d) => [
        d[0] === d[1],
        d[2] === d[3],
      ]);
      assert.deepEqual(equal, [
        [true, false],
        [true, false],
        [true, false],
        [false, false],
      ]);
    });

    it('a password in a URL of Go is the same encoded', () => {
      const words = ['a!b%25/', 'a%21b%25%2F', '%61%21b%25%2f', 'a!b%2525/', 'a%E4', 'a%e4'];
      const text = words.map((word) => `URL = postgres://u:${word}@h/d\n`).join('');
      const [go, plain] = ['/a.gcfg', '/etc/rstudio/database.conf'].map((name) =>
        digests(run(awk, [{ name, text }]).files.get(name)),
      );
      assert.deepEqual(
        go!.map((d) => go!.indexOf(d)),
        [0, 0, 0, 3, 4, 4],
      );
      assert.equal(new Set(plain).size, words.length);
    });

    it('%% in a unit is the percent sign that a file has', () => {
      const text = 'URL=postgres://u:a%2!b@h/d\nX_PASSWORD=a%b\n';
      const unit = 'Environment=URL=postgres://u:a%%2!b@h/d\nEnvironment="X_PASSWORD=a%%b"\n';
      const path = '/etc/systemd/system/x.service.d/o.conf';
      const { files } = run(awk, [
        { name: '/a.gcfg', text },
        { name: path, text: unit },
        { name: '/b.conf', text: unit },
      ]);
      assert.deepEqual(digests(files.get(path)), digests(files.get('/a.gcfg')));
      assert.notDeepEqual(digests(files.get('/b.conf')), digests(files.get('/a.gcfg')));
    });

    it('the comma behind a value of JSON does not belong to it', () => {
      const text = '{\n"token": "a,b",\n"pin": 4711 , \r\n"token": "a,b"\r\n}\n"pin": 4711\n"token": "a,b,"\n';
      const [json, yaml] = ['/a.json', '/a.yml'].map((name) => digests(run(awk, [{ name, text }]).files.get(name)));
      assert.deepEqual(
        json!.map((d) => json!.indexOf(d)),
        [0, 1, 0, 1, 4],
      );
      assert.notEqual(yaml![0], yaml![2]);
    });

    it('lines that are not of a file: the environment', () => {
      const input =
        'CONNECT_POSTGRES_PASSWORD=hunter2 a=b ;#\nCONNECT_A=1 CONNECT_TOKEN=hunter2 hunter2 CONNECT_B=2\nCONNECT_URL=postgres://u:hunter2@h/d\nRSTUDIO_CONFIG_DIR=/etc/x\nCONNECT_TOKEN=changeme\n';
      const { files, stdout, placeholders } = awkWith(awk, ['-v', 'plain=1'], input);
      assert.equal(
        shown(files.get('')),
        'CONNECT_POSTGRES_PASSWORD= *** ;***\nCONNECT_A=1 CONNECT_TOKEN=*** CONNECT_B=2\nCONNECT_URL=postgres://u:***@h/d\nRSTUDIO_CONFIG_DIR=/etc/x\nCONNECT_TOKEN= ***',
      );
      assert.ok(!stdout.includes('hunter2'));
      assert.deepEqual(placeholders.get(''), [5]);
    });

    it('paths below another root, with what is awk’s own in them', () => {
      const { files } = awkWith(
        awk,
        ['-v', 'skip=7'],
        '/a:b/c/etc/x y.gcfg:a = b:c\n/a:b/c/etc/x y.gcfg:Password = hunter2\n',
      );
      assert.equal(shown(files.get('/a:b/c/etc/x y.gcfg')), 'a = b:c\nPassword = ***');
    });

    it('one file ends what another began', () => {
      const { files } = run(awk, [
        { name: '/a.gcfg', text: '-----BEGIN PRIVATE KEY-----' },
        { name: '/b.groovy', text: 'password = """a' },
        { name: '/c.gcfg', text: 'Password = a\\' },
        { name: '/d.conf', text: 'password: |' },
        { name: '/e.conf', text: '  x: 1' },
      ]);
      assert.equal(shown(files.get('/b.groovy')), 'password = ***');
      assert.equal(shown(files.get('/c.gcfg')), 'Password = ***');
      assert.equal(shown(files.get('/e.conf')), '  x: 1');
    });

    it('a long line', () => {
      // busybox takes the square of the length: minutes for 8000
      const length = name.startsWith('busybox') ? 1500 : 8000;
      const words = Array.from({ length }, (_, i) => `w${i}=x`).join(' ');
      const { files } = run(awk, [{ name: '/a.gcfg', text: `X = ${words} password=hunter2 ${words}` }]);
      assert.equal(shown(files.get('/a.gcfg')), `X = ${words} password=*** ${words}`);
    });

    it('no planted secret ever leaves', () => {
      fuzz(awk);
    });
  });
}

/** Secrets in every place a format has for them, all in one process. */
function fuzz(awk: readonly string[]): void {
  const special = fc.string({ unit: fc.constantFrom(...`@:#;/?'"\\=&,.+-_%$|(){}[]<>!~^* `), maxLength: 4 });
  const word = fc.constantFrom('a', 'host', 'x1', 'Port');
  const secret = fc.tuple(special, special).map(
    ([a, b]) =>
      (core: string) =>
        `${a}${core}${b}`,
  );
  /** How each place writes it: what the format itself would not read back is not there. */
  const bare = (s: string): string => s.replace(/[\s"'\\]/g, '-');
  const double = (s: string): string => s.replace(/[\\"]/g, '\\$&');
  const single = (s: string): string => s.replace(/[\\']/g, '\\$&');
  const PLACES: readonly [file: string, write: (s: string, w: string) => string][] = [
    ['gcfg', (s) => `Password = ${bare(s)}`],
    ['gcfg', (s, w) => `  ${w}Password="${double(s)}" ; ${bare(s)}`],
    ['gcfg', (s, w) => `; ${w}-secret = ${s}`],
    ['gcfg', (s, w) => `${w} = 1 ; old token = ${s}`],
    ['gcfg', (s) => `URL = postgres://u:${bare(s)}@h/d?sslmode=require`],
    ['gcfg', (s) => `URL = "postgres://u:${double(s)}@h:5432/d"`],
    ['gcfg', (s, w) => `URL = "host=h password='${double(single(s))}' ${w}=d"`],
    ['gcfg', (s, w) => `URL = host=h password='${single(s)}' ${w}=d`],
    ['gcfg', (s, w) => `URL = host=h password=${bare(s)} ${w}=d`],
    ['gcfg', (s) => `Password = ${bare(s)}\\\n${s}\\\n${s}`],
    ['gcfg', (s) => `x = -----BEGIN PRIVATE KEY-----\n${s}\n-----END PRIVATE KEY-----`],
    ['conf', (s) => `password=${s}`],
    ['conf', (s) => `password="${double(s)}"`],
    ['conf', (s) => `connection-uri=postgresql://u:${bare(s)}@h/d`],
    ['conf', (s) => `#connection-uri=postgresql://u:${bare(s)}@h/d?a=b`],
    ['yml', (s, w) => `${w}:\n  password: ${s}`],
    ['yml', (s, w) => `${w}:\n  password: "${double(s)}"\n  x: 1`],
    ['yml', (s) => `token: |\n  ${s}\nx: 1`],
    ['yml', (s, w) => `${w}: {a: b, password: "${double(s)}"}`],
    ['yml', (s) => `url: postgres://u:${bare(s)}@h/d?a=b`],
    ['groovy', (s) => `password = "${double(s)}"`],
    ['groovy', (s, w) => `${w} { password = '${single(s)}'; x = 1 }`],
    ['groovy', (s, w) => `${w} = "h"; password = '${single(s)}' // c`],
    ['groovy', (s, w) => `${w} = [a: "b", password: "${double(s)}", c: 1]`],
    ['groovy', (s) => `passwords = ["${double(s)}",\n  '${single(s)}'\n]`],
    ['groovy', (s) => `password = '''${s.replace(/['\\]/g, '')}\n${s.replace(/['\\]/g, '')}'''`],
    ['groovy', (s) => `// password = "${double(s)}"`],
    ['groovy', (s, w) => `${w} = "mongodb://u:${bare(s)}@h/d?x=y"`],
  ];
  const cases = fc.tuple(fc.constantFrom(...PLACES), secret, word);
  const files = fc.sample(cases, { seed: 20_260_101, numRuns: 250 }).map(([[ending, write], dress, w], i) => ({
    name: `/${i}.${ending}`,
    text: write(dress(`Zq${i}qZ`), w),
  }));
  const { stdout, files: arrived } = run(awk, files);
  const at = (i: number): string => `${files[i]!.text}\n→ ${shown(arrived.get(files[i]!.name))}`;
  const leaked = [...stdout.matchAll(/Zq(\d+)qZ/g)].map((m) => at(Number(m[1])));
  assert.equal(leaked.join('\n'), '');
  // of a comment nothing leaves, not even a digest
  for (const f of files)
    assert.ok(isMasked(arrived.get(f.name) ?? '') || /^\s*(#|;|\/\/)|^\w+ = 1 ;/.test(f.text), f.text);
}
