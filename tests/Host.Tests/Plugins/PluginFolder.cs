using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Catalog;
using Tessera.Plugins;

namespace Tessera.Host.Tests.Plugins;

/// <summary>A folder of plugins in a temporary place, filled with copies of the test plugins. It goes away with the test.</summary>
internal sealed class PluginFolder : IDisposable
{
    private static readonly string Built = typeof(PluginFolder).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "TestPlugins").Value!;

    public PluginFolder(params string[] testPlugins)
    {
        Path = Directory.CreateTempSubdirectory("tessera-plugins-").FullName;
        foreach (string name in testPlugins)
        {
            Copy(name, name);
        }
    }

    public string Path { get; }

    /// <summary>Copies a test plugin into a subfolder and returns the subfolder.</summary>
    public string Copy(string testPlugin, string subfolder)
    {
        string target = Directory.CreateDirectory(System.IO.Path.Combine(Path, subfolder)).FullName;
        foreach (string file in Directory.GetFiles(System.IO.Path.Combine(Built, testPlugin)))
        {
            File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)));
        }

        return target;
    }

    /// <summary>The file of a test plugin in the subfolder of its name.</summary>
    public string FileOf(string testPlugin) => System.IO.Path.Combine(Path, testPlugin, $"TestPlugins.{testPlugin}.dll");

    public PluginCatalog Load(params PluginUse[] use)
    {
        var options = new PluginOptions();
        Array.ForEach(use, choice => options.Use[choice.Key] = choice.Plugin);
        return PluginCatalog.Load([new PluginSearchFolder(Path, PluginSource.Option)], options, NullLoggerFactory.Instance);
    }

    public static PluginCatalog Load(params string[] paths) =>
        PluginCatalog.Load(paths.Select(path => new PluginSearchFolder(path, PluginSource.Option)), new PluginOptions(), NullLoggerFactory.Instance);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
