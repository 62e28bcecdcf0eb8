using Tessera.Architectures;

namespace Tessera.Runtime.State;

/// <summary>A declared cache.</summary>
/// <param name="index">Its number among the model's caches.</param>
internal sealed class CacheState(int index) : KeyValueState
{
    public int Index { get; } = index;
}
