export { fitLda, LdaModel, type LdaOptions } from "./text/lda.js";
export { createTokenizer, type TokenizerOptions } from "./text/tokenizer.js";
export { TxtNet, type TxtNetOptions } from "./text/txt-net.js";
export { Vocabulary, type VocabularyOptions, type WordCounts } from "./text/vocabulary.js";
