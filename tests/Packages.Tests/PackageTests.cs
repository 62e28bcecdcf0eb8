using System.IO.Compression;
using System.Xml.Linq;
using Tessera.Conformance;

namespace Tessera.Packages.Tests;

public class PackageTests(LocalFeed feed)
{
    // Host assemblies that must not lie beside a plugin.
    private static readonly string[] Contract = [
        "Tessera.Abstractions.dll", "System.Composition.AttributedModel.dll", "Microsoft.Extensions.Logging.Abstractions.dll"];

    private static string[] Plugins =>
        [.. Directory.GetDirectories(Path.Combine(Golden.RepositoryRoot, "plugins"))
            .Where(folder => Directory.Exists(Path.Combine(folder, "src"))).Select(folder => Path.GetFileName(folder)!)];

    [Fact]
    public void There_is_one_package_for_each_library_and_plugin_with_symbols()
    {
        string[] libraries =
        [
            "Tessera.Abstractions", "Tessera.Gguf", "Tessera.Runtime", "Tessera.Host",
            "Tessera.Workbench", "Tessera.Kernels", "Tessera.Conformance", "Tessera.Cli",
        ];
        string[] withSymbols = [.. libraries, "Tessera", .. Plugins.Select(name => $"Tessera.{name}")];

        Assert.Equal(((string[])[.. withSymbols, "Tessera.Templates"]).Order(StringComparer.Ordinal), Names("nupkg"));
        Assert.Equal(withSymbols.Order(StringComparer.Ordinal), Names("snupkg"));
        Assert.All(withSymbols, name => Assert.Contains(Entries(name, "snupkg"), entry => entry.EndsWith(".pdb", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_package_has_a_README_a_licence_and_a_description() => Assert.All(Names("nupkg"), name =>
    {
        XElement metadata = Nuspec(name);
        string? Text(string element) => metadata.Element(metadata.Name.Namespace + element)?.Value;
        Assert.Equal("README.md", Text("readme"));
        Assert.Contains("README.md", Entries(name, "nupkg"));
        Assert.Equal("MIT", Text("license"));
        Assert.Equal("The Tessera authors", Text("authors"));
        Assert.NotEqual("Package Description", Text("description"));
    });

    [Fact]
    public void A_plugins_package_is_its_folder_without_the_contract() => Assert.All(Plugins, name =>
    {
        string[] entries = Entries($"Tessera.{name}", "nupkg");
        Assert.Contains($"plugins/{name}/Tessera.{name}.dll", entries);
        Assert.Contains($"plugins/{name}/Tessera.{name}.deps.json", entries);
        Assert.Contains($"buildTransitive/Tessera.{name}.targets", entries);
        Assert.DoesNotContain(entries, entry => Contract.Contains(Path.GetFileName(entry)));
        Assert.Contains($"lib/net10.0/Tessera.{name}.dll", entries);
    });

    [Fact]
    public void A_plugins_package_has_the_plugins_own_dependencies()
    {
        string[] entries = Entries("Tessera.Quant.Q4K", "nupkg");

        Assert.Contains("plugins/Quant.Q4K/Iced.dll", entries);
        Assert.Contains("plugins/Quant.Q4K/Tessera.Kernels.dll", entries);
        Assert.Equal(["Tessera.Abstractions", "Tessera.Kernels"], Dependencies("Tessera.Quant.Q4K").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_meta_package_depends_on_the_host_and_every_plugin() =>
        Assert.Equal(Plugins.Select(name => $"Tessera.{name}").Append("Tessera.Host").Order(StringComparer.Ordinal),
            Dependencies("Tessera").Order(StringComparer.Ordinal));

    /// <remarks>They see each other's internals, which have no contract.</remarks>
    [Theory]
    [InlineData("Tessera.Gguf")]
    [InlineData("Tessera.Runtime")]
    [InlineData("Tessera.Host")]
    [InlineData("Tessera.Workbench")]
    public void The_engines_packages_depend_on_each_other_in_their_own_version(string package)
    {
        string[] versions = [.. Nuspec(package).Descendants()
            .Where(element => element.Attribute("id")?.Value.StartsWith("Tessera.", StringComparison.Ordinal) == true)
            .Select(element => element.Attribute("version")!.Value)];

        Assert.NotEmpty(versions);
        Assert.All(versions, version => Assert.Equal($"[{feed.Version}]", version));
    }

    [Fact]
    public void The_tool_is_small_and_has_each_thing_once()
    {
        string[] entries = Entries("Tessera.Cli", "nupkg");

        Assert.InRange(new FileInfo(Path.Combine(feed.Packages, $"Tessera.Cli.{feed.Version}.nupkg")).Length, 1, 25_000_000);
        Assert.All(
            ["Iced.dll", "Tessera.Kernels.dll", "shakespeare.Q4_K_M.gguf"],
            once => Assert.Single(entries, entry => entry.EndsWith($"/{once}", StringComparison.Ordinal)));
        Assert.Single(entries, entry => entry.EndsWith("linux-x64/native/libSkiaSharp.so", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Packing_twice_gives_the_same_bytes()
    {
        string again = Path.Combine(feed.Folder, "again");
        string[] projects = ["src/Abstractions", "src/Meta", "src/Cli", "templates", "plugins/Quant.Q4K/src"];
        foreach (string project in projects)
        {
            await feed.PackAsync(project, again);
        }

        string[] packages = [.. Directory.GetFiles(again).Select(path => Path.GetFileName(path)!)];
        Assert.Equal(projects.Length + 4, packages.Length);
        Assert.All(packages, package => Assert.Equal(File.ReadAllBytes(Path.Combine(feed.Packages, package)), File.ReadAllBytes(Path.Combine(again, package))));
    }

    private string[] Names(string extension) =>
        [.. Directory.GetFiles(feed.Packages, $"*.{extension}")
            .Select(path => Path.GetFileName(path).Replace($".{feed.Version}.{extension}", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private string[] Entries(string name, string extension)
    {
        using ZipArchive archive = Open(name, extension);
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }

    private string[] Dependencies(string name) =>
        [.. Nuspec(name).Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value)];

    private XElement Nuspec(string name)
    {
        using ZipArchive archive = Open(name, "nupkg");
        using Stream stream = archive.GetEntry($"{name}.nuspec")!.Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }

    private ZipArchive Open(string name, string extension) => ZipFile.OpenRead(Path.Combine(feed.Packages, $"{name}.{feed.Version}.{extension}"));
}
