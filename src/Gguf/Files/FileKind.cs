namespace Tessera.Gguf.Files;

/// <summary>What a path leads to.</summary>
internal enum FileKind
{
    /// <summary>A file with content of its own.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A pipe, with a name or without one, or a socket.</summary>
    Pipe,

    /// <summary>A terminal, <c>/dev/null</c>, a disk.</summary>
    Device,
}
