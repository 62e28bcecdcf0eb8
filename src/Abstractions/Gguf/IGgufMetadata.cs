using System.Diagnostics.CodeAnalysis;

namespace Tessera.Gguf;

/// <summary>The key-value pairs of a GGUF file. The typed getters are in <see cref="GgufMetadataExtensions"/>.</summary>
public interface IGgufMetadata
{
    /// <summary>The file's path or name, for messages.</summary>
    string Source { get; }

    /// <summary>The keys in the file's order. A byte of a key that is no UTF-8 is the unpaired surrogate U+DC00 + byte, by which the key is found again.</summary>
    IReadOnlyCollection<string> Keys { get; }

    /// <summary>Finds a value.</summary>
    bool TryGetValue(string key, [MaybeNullWhen(false)] out GgufValue value);
}
