using Tessera.Architectures;

namespace Tessera.Conformance.Tests.Architectures;

/// <summary>Exported, but not <c>[Shared]</c>.</summary>
[ExportArchitecture("toy")]
internal sealed class UnsharedArchitecture : IArchitecture
{
    public IModel Build(IModelBuilder builder) => new ToyArchitecture(ArchitectureFlaw.None).Build(builder);
}
