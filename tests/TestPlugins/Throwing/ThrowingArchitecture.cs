using System.Composition;
using Tessera.Architectures;

namespace TestPlugins;

[ExportArchitecture("throwing"), Shared]
public sealed class ThrowingArchitecture : IArchitecture
{
    public IModel Build(IModelBuilder builder) => throw new InvalidOperationException("no luck in Build");
}
