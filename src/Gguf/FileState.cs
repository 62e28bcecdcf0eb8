using Microsoft.Win32.SafeHandles;

namespace Tessera.Gguf;

/// <summary>What tells that the content of an open file was changed, as far as its system notes it.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Written">When it was last written.</param>
internal readonly record struct FileState(long Length, DateTime Written)
{
    public static FileState Of(SafeFileHandle file) => new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
}
