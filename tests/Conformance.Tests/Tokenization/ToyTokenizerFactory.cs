using Tessera.Gguf;
using Tessera.Tokenization;

namespace Tessera.Conformance.Tests.Tokenization;

internal sealed class ToyTokenizerFactory(TokenizerFlaw flaw) : ITokenizerFactory
{
    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options) =>
        new ToyTokenizer(Vocabulary.Read(metadata, new SpecialTokens { AddBos = flaw != TokenizerFlaw.ForgetsBos }), flaw);
}
