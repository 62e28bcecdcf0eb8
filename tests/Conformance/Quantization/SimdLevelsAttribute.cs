using System.Reflection;
using Tessera.Numerics;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Tessera.Conformance.Quantization;

/// <summary>
/// Runs a theory at every <see cref="SimdLevel"/>; one that the machine or the runtime lacks is skipped with that reason. A theory that takes a
/// <see cref="Binding"/> too runs with each at every level, assembled kernels at the best one only.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SimdLevelsAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        bool bindings = testMethod.GetParameters().Length > 1;
        return new([.. Enum.GetValues<SimdLevel>()
            .SelectMany(level => bindings ? WithBindings(level) : [new TheoryDataRow(level) { Skip = SimdSupport.WhyNot(level) }])]);
    }

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;

    private static IEnumerable<TheoryDataRow> WithBindings(SimdLevel level) =>
        from binding in Enum.GetValues<Binding>()
        where binding != Binding.Assembled || level == SimdLevel.Avx512
        select new TheoryDataRow(level, binding) { Skip = SimdSupport.WhyNot(level) ?? SimdSupport.WhyNot(binding) };
}
