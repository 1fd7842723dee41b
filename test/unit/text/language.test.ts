import assert from 'node:assert/strict';
import { detectDocumentLanguage, detectLanguage } from '../../../src/model/text/language';

describe('detectLanguage', () => {
  const texts: readonly (readonly [language: string, text: string])[] = [
    ['en', 'This function returns the number of elements in the list.'],
    ['es', 'Esta función devuelve el número de elementos de la lista.'],
    ['de', 'Diese Funktion gibt die Anzahl der Elemente in der Liste zurück.'],
    ['fr', "Cette fonction renvoie le nombre d'éléments de la liste."],
    ['pt', 'Esta função retorna o número de elementos na lista.'],
    ['ru', 'Эта функция возвращает количество элементов в списке.'],
    ['ja', 'この関数はリストの要素数を返します。'],
    ['zh', '此函数返回列表中元素的数量。'],
    ['ko', '이 함수는 목록의 요소 수를 반환합니다.'],
  ];
  for (const [language, text] of texts)
    it(`tells ${language}`, () => assert.deepEqual(detectLanguage(text), { language, reliable: true }));

  it('looks past code, addresses and placeholders', () => {
    const text =
      'Llame a `getNumberOfElementsInTheList()` en https://example.org/the/list/of/things para obtener {count_of_items}.';
    assert.equal(detectLanguage(text).language, 'es');
  });

  it('gives nothing for a text without words', () => {
    assert.deepEqual(detectLanguage('123 + 456 = {0}'), { language: undefined, reliable: false });
    assert.deepEqual(detectLanguage(''), { language: undefined, reliable: false });
  });

  it('chooses among the given languages when the text is too short to be sure', () => {
    const { language, reliable } = detectLanguage('Error', ['en', 'es']);
    assert.ok(language === 'en' || language === 'es', language);
    assert.equal(reliable, false);
  });
});

describe('detectDocumentLanguage', () => {
  it('takes a few names for no language of their own, and a paragraph for what it is', () => {
    const among = ['en', 'es'];
    assert.deepEqual(detectDocumentLanguage('Runtime API\nRenderer API\n', among), {
      language: undefined,
      reliable: false,
    });
    const german = 'Diese Funktion gibt die Anzahl der Elemente in der Liste zurück.';
    assert.deepEqual(detectDocumentLanguage(german, among), { language: 'de', reliable: true });
    assert.equal(detectDocumentLanguage('Открыть файл', among).language, 'ru');
  });
});
