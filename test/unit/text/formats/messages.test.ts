import assert from 'node:assert/strict';
import { commitBlocks } from '../../../../src/model/text/formats/commit';
import { diffBlocks } from '../../../../src/model/text/formats/diff';
import { logBlocks } from '../../../../src/model/text/formats/log';
import { textBlocks } from '../../../../src/model/text/formats/plainText';
import { proseOf, protectedOf, translatedAs, translatedBy } from './support';

describe('a commit message', () => {
  it('gives subject and body without prefix, trailers and comments', () => {
    const text = `fix(parser)!: Read the last line too (#123)

The last line was lost when the file had no line break at its
end. Now it is read.

- one point of it
- another point

    code stays here

BREAKING CHANGE: the result has one line more
Co-authored-by: Somebody Else <somebody@example.org>
Fixes #12

# Please enter the commit message for your changes.
# ------------------------ >8 ------------------------
diff --git a/x b/x
`;
    const blocks = [...commitBlocks(text)];
    assert.deepEqual(
      blocks.map(({ kind }) => kind),
      ['subject', 'body', 'body', 'body', 'body'],
    );
    assert.deepEqual(proseOf(text, blocks), [
      'Read the last line too',
      'The last line was lost when the file had no line break at its ⏎ end. Now it is read.',
      'one point of it',
      'another point',
      'the result has one line more',
    ]);
  });

  it('goes on under the text of a list item, however far in that is', () => {
    const text = 'Read it\n\n  * one point that goes on\n    under it\n\n    code stays\n';
    assert.deepEqual(proseOf(text, commitBlocks(text)), ['Read it', 'one point that goes on', 'under it']);
  });

  it('that a program wrote stays', () => {
    assert.deepEqual(proseOf("Merge branch 'a' into b", commitBlocks("Merge branch 'a' into b")), []);
  });
});

describe('a patch with a message right before a hunk', () => {
  it('gives its blocks in order', () => {
    const text = '    Read the last line\n@@ -1,2 +1,3 @@\n-# A comment of it\n';
    assert.deepEqual(proseOf(text, diffBlocks(text)), ['Read the last line', 'A comment of it']);
  });
});

describe('plain text', () => {
  const prose = (text: string) => proseOf(text, textBlocks(text));

  it('keeps the lines of a list of sentences, however long they are', () => {
    const text =
      'The first option opens the list of all files here.\nThe other one closes the list of the files again.\n';
    assert.equal(prose(text).length, 2);
  });

  it('is joined where it was wrapped by hand', () => {
    const text = `This paragraph was wrapped by hand at some width that
somebody once liked, so that its lines are one text and
end where they must.

One line
another line
a third one

  1. A list item that goes on and on until it has to be
     wrapped somewhere
`;
    assert.deepEqual(prose(text), [
      'This paragraph was wrapped by hand at some width that ⏎ somebody once liked, so that its lines are one text and ⏎ end where they must.',
      'One line',
      'another line',
      'a third one',
      'A list item that goes on and on until it has to be ⏎ wrapped somewhere',
    ]);
  });

  it('has words in one that were parted at the end of a line', async () => {
    const text =
      'This paragraph was wrapped by a program, which may part a word, as in discus\u2010\nsion, where it must.\n';
    const { target } = await translatedAs(
      { 'This paragraph was wrapped by a program, which may part a word, as in discussion, where it must.': 'Corto.' },
      text,
      textBlocks(text),
    );
    assert.equal(target, 'Corto.\n');
    assert.equal(await translatedBy('identity', text, textBlocks(text)), text);
  });

  it('has paragraphs whose first line stands further in, words with a text behind them, and lines that are no prose', () => {
    const text = `   This paragraph was wrapped by hand at some width that
somebody once liked, with its first line further in than
the others.

Type:  The type of the message, which goes on in a line
   that stands further in.

     1.1.  A title with a number

    $ make install

-- Jane Roe <jane@example.org>  Tue, 24 Dec 2019 12:00:00 +0100
`;
    assert.deepEqual(prose(text), [
      'This paragraph was wrapped by hand at some width that ⏎ somebody once liked, with its first line further in than ⏎ the others.',
      'Type',
      'The type of the message, which goes on in a line ⏎ that stands further in.',
      'A title with a number',
    ]);
  });

  it('leaves code, stack traces and what a compiler shows, and reads messages behind their class or hash', () => {
    const text = `Traceback (most recent call last):
  File "/app/run.py", line 3, in run
    raise ValueError("the file is empty")
ValueError: the file is empty
Caused by: java.io.IOException: No space left on device
\tat org.example.Pool.get(Pool.java:42)
\t... 12 more
error: borrow of moved value
 --> src/main.rs:4:20
  |
4 |     let text = the(file);
  |         - move occurs here
1f7bf43 Read the file in parts, which takes less
2f7bf43 (tag: v1.0) Close the file after reading it
const file = open("the file");
`;
    assert.deepEqual(proseOf(text, textBlocks(text)), [
      'the file is empty',
      'No space left on device',
      'error: borrow of moved value',
      'Read the file in parts, which takes less',
      'Close the file after reading it',
    ]);
  });

  it('reads on over a line that only looks like code', () => {
    const text = `This text was wrapped by hand, and has (as it may be in a book);
another line that goes on with the same sentence and fills it up
until the end.
`;
    assert.equal([...textBlocks(text)].length, 1);
  });

  it('keeps the asterisks around strong words', () => {
    const text = '* **apt-get** for **all\n  of it**\n2 ** 3 ** 4 words here\n';
    assert.deepEqual(protectedOf(text, textBlocks(text)), ['**', '**']);
  });

  it('without letters has nothing', () => {
    assert.deepEqual(prose('1 2 3\n----\n\n\t\r\n'), []);
  });
});

describe('a patch', () => {
  const text = `From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001
From: Somebody <somebody@example.org>
Subject: [PATCH 1/2] reader: Read the last line too

---
 reader.ts | 4 ++--
diff --git a/reader.ts b/reader.ts
index 1234567..89abcde 100644
--- a/reader.ts
+++ b/reader.ts
@@ -1,4 +1,5 @@ function read()
 // Context stays as it is.
-// The old comment that
-// goes on here.
+/** The new comment of it. */
+const a = 'not a comment';
+#include <stdio.h>
diff --git a/guide.md b/guide.md
--- a/guide.md
+++ b/guide.md
@@ -1 +1,2 @@
-# The old heading
+# The new heading
+- A list item of it
`;

  it('gives subjects, comments and documents on changed lines', () => {
    assert.deepEqual(proseOf(text, diffBlocks(text)), [
      'Read the last line too',
      'The old comment that ⏎ goes on here.',
      'The new comment of it.',
      'The old heading',
      'The new heading',
      'A list item of it',
    ]);
  });

  it('keeps the number of its lines', () => {
    assert.ok([...diffBlocks(text)].every(({ wrap }) => wrap === undefined));
  });

  it('keeps the number of its lines where they hold columns', async () => {
    const patch = `--- a/a.c
+++ b/a.c
@@ -1,2 +1,8 @@
+ *   -v        print more of it
+ *   -o FILE   write the result to a file
+ *             that is made for it
+ *
+ *   Term      Meaning
+ *   Open      The file is open, and it
+ *             stays so
`;
    const target = await translatedBy('pseudo', patch, diffBlocks(patch));
    assert.equal(target.split('\n').length, patch.split('\n').length);
    const { target: long } = await translatedAs(
      {
        'print more of it': 'imprime mucho más de todo lo que hay en ello, y también lo demás',
        'write the result to a file that is made for it': 'todo '.repeat(40).trim(),
        'The file is open, and it stays so': 'todo '.repeat(40).trim(),
      },
      patch,
      diffBlocks(patch),
    );
    assert.equal(long.split('\n').length, patch.split('\n').length);
    assert.match(long, /imprime mucho/);
  });

  it('gives the messages of a log of commits', () => {
    const log = `commit 0123456789abcdef
Author: Somebody <somebody@example.org>
Date:   Mon Sep 17 00:00:00 2001

    Read the last line too

    It was lost before.

diff --git a/a.c b/a.c
`;
    assert.deepEqual(proseOf(log, diffBlocks(log)), ['Read the last line too', 'It was lost before.']);
  });
});

describe('a log', () => {
  it('gives messages without time, level, logger and data', () => {
    const text = `2024-05-01 12:00:00,123 INFO [main] org.example.Reader - The file was read in 12 ms
2024-05-01T12:00:01Z WARN reader: Could not open "the file" retry=3 here
[12:00:02] The server listens now
May  1 12:00:03 host sshd[123]: Connection was closed by 10.0.0.1:22
java.lang.IllegalStateException: Something is wrong
	at org.example.Reader.read(Reader.java:12)
{"level":"info","msg":"not this one"}
ERROR: All is lost
`;
    assert.deepEqual(proseOf(text, logBlocks(text)), [
      'The file was read in 12 ms',
      'reader: Could not open "the file" retry=3 here',
      'The server listens now',
      'Connection was closed by 10.0.0.1:22',
      'Something is wrong',
      'All is lost',
    ]);
    assert.deepEqual(protectedOf(text, logBlocks(text)), ['"the file"', 'retry=3', '10.0.0.1:22']);
  });
});
