using Tessera.Loading;

namespace Tessera.Hosting;

/// <summary>A model that a host loads, and how.</summary>
public sealed record HostedModelOptions : ModelOptions
{
    /// <summary>
    /// A GGUF file; of a split model the first part. A relative path begins at the host's content root, without a host at the current folder.
    /// </summary>
    public string? Path { get; set; }
}
