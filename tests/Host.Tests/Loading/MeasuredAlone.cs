namespace Tessera.Host.Tests.Loading;

/// <summary>Tests that measure what the whole process allocates: no other test runs beside them.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public sealed class MeasuredAlone;
