using System.Composition;
using Tessera.Architectures;

namespace Tessera.Architecture.Llama.Tests;

/// <summary>The architecture, looked at while it builds a model.</summary>
/// <param name="look">Sees what the host gives the architecture to build from.</param>
[ExportArchitecture("llama"), Shared]
internal sealed class BuilderProbe(Action<IModelBuilder> look) : IArchitecture
{
    public IModel Build(IModelBuilder builder)
    {
        look(builder);
        return new LlamaArchitecture().Build(builder);
    }
}
