namespace Tessera.Packages.Tests;

/// <summary>What every new plugin's project must go through.</summary>
internal static class PluginProject
{
    /// <summary>Builds a solution and runs its tests.</summary>
    public static async Task TestAsync(this LocalFeed feed, string folder)
    {
        string output = await feed.DotnetAsync(folder, "test", "-c", "Release", $"-p:TesseraVersion={feed.Version}");
        Assert.Contains("Passed!", output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The folder of a plugin as <c>dotnet build src</c> leaves it.</summary>
    public static string OutputOf(string folder) => Path.Combine(folder, "src", "bin", "Release", "net10.0");
}
