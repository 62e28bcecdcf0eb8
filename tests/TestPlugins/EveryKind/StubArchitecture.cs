using System.Composition;
using Tessera.Architectures;

namespace TestPlugins;

[ExportArchitecture("stub"), Shared]
public sealed class StubArchitecture : IArchitecture
{
    public IModel Build(IModelBuilder builder) => throw new NotSupportedException();
}
