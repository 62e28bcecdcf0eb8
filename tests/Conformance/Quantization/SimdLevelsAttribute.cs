using System.Reflection;
using Tessera.Numerics;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Tessera.Conformance.Quantization;

/// <summary>
/// Runs a theory at every <see cref="SimdLevel"/>; one that the machine or the runtime lacks is skipped with that reason. A theory that takes a
/// further <c>bool repack</c> runs twice at each.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SimdLevelsAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        object[][] further = testMethod.GetParameters().Length > 1 ? [[false], [true]] : [[]];
        return new([.. Enum.GetValues<SimdLevel>().SelectMany(level => further.Select(more => new TheoryDataRow([level, .. more]) { Skip = SimdSupport.WhyNot(level) }))]);
    }

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;
}
