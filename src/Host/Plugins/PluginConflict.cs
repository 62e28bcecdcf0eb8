namespace Tessera.Plugins;

/// <summary>Several plugins serve a key, and none was chosen.</summary>
/// <param name="Problem">A sentence that names them with their folders.</param>
/// <param name="Choices">What <see cref="PluginOptions.Use"/> can say to end it, one for each plugin.</param>
public sealed record PluginConflict(string Problem, IReadOnlyList<PluginUse> Choices);
