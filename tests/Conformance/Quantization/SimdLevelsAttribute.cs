using System.Reflection;
using Tessera.Numerics;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Tessera.Conformance.Quantization;

/// <summary>Runs a theory at every <see cref="SimdLevel"/>; one that the machine or the runtime lacks is skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SimdLevelsAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new(Array.ConvertAll(Enum.GetValues<SimdLevel>(), ITheoryDataRow (level) => new TheoryDataRow(level) { Skip = SimdSupport.WhyNot(level) }));

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;
}
