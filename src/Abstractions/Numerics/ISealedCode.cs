namespace Tessera.Numerics;

/// <summary>Machine code that can be called and no longer changed. Disposing it frees the memory: nobody may be in it or call it then.</summary>
public interface ISealedCode : IDisposable
{
    /// <summary>The entry, for a <c>delegate* unmanaged</c>.</summary>
    nint Address { get; }
}
