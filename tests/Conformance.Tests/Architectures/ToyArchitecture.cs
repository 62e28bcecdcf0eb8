using System.Composition;
using Tessera.Architectures;
using Tessera.Gguf;

namespace Tessera.Conformance.Tests.Architectures;

/// <summary>One layer of attention without norms or positions: <c>logits = O (x + A(x))</c>. With one flaw or none.</summary>
[ExportArchitecture("toy"), Shared]
internal sealed class ToyArchitecture(ArchitectureFlaw flaw) : IArchitecture
{
    public IModel Build(IModelBuilder builder)
    {
        int width = builder.Metadata.GetInt32("toy.embedding_length");
        int heads = builder.Metadata.GetInt32("toy.attention.head_count");
        if (flaw != ArchitectureFlaw.DividesByParameters && (width < 1 || heads < 1 || width % heads != 0))
        {
            throw new GgufException(builder.Metadata.Source, "key 'toy.attention.head_count'", -1, $"{heads} heads do not share {width} values");
        }

        return new ToyModel(builder, width, width / heads, flaw);
    }
}
