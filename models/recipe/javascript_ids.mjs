// Prints, for each line of JSON strings on standard input, the token ids and the decoded text that JavaScript gives. For check_tokenizer.py.
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';

const [tokenizerPath, configPath] = process.argv.slice(2);
const tokenizer = new Tokenizer(
  JSON.parse(readFileSync(tokenizerPath, 'utf8')),
  JSON.parse(readFileSync(configPath, 'utf8')),
);
for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const { ids } = tokenizer.encode(JSON.parse(line));
  process.stdout.write(`${JSON.stringify({ ids, text: tokenizer.decode(ids, { skip_special_tokens: true }) })}\n`);
}
