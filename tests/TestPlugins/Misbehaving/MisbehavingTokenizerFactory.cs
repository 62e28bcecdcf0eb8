using System.Composition;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace TestPlugins;

[ExportTokenizer("misbehaving"), Shared]
public sealed class MisbehavingTokenizerFactory : ITokenizerFactory, ITokenizerFileReader
{
    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options) => Fault.Thing("create", new MisbehavingTokenizer())!;

    public bool Recognizes(ReadOnlyMemory<byte> content) => Fault.Number("recognizes", 0) == 1;

    public ITokenizer Read(ReadOnlyMemory<byte> content, string source, IGgufMetadata metadata, TokenizerOptions options) =>
        Fault.Thing("read", new MisbehavingTokenizer())!;
}
