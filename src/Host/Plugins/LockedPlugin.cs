namespace Tessera.Plugins;

/// <summary>What a lock file records of a plugin's folder.</summary>
/// <param name="Name">The plugin's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">The hash of all its files.</param>
internal sealed record LockedPlugin(string Name, string Version, string Sha256);
