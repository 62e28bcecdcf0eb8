using System.Diagnostics;
using Tessera.Conformance;

namespace Tessera.Packages.Tests;

/// <summary>One program with the parts that it registers in code, published in every way that leaves no plugin folders.</summary>
public class PublishedProgramTests(LocalFeed feed, ITestOutputHelper output)
{
    private const string Prompt = "ROMEO:";

    private static readonly string Model = Path.Combine(Golden.RepositoryRoot, "models", "shakespeare.Q4_K_M.gguf");

    [Theory]
    [InlineData("ahead-of-time", "-p:PublishAot=true")]
    [InlineData("trimmed", "-p:PublishTrimmed=true", "-p:PublishSingleFile=true", "--self-contained")]
    [InlineData("single-file", "-p:PublishSingleFile=true", "-p:TesseraPluginFolders=false", "--no-self-contained")]
    public async Task It_is_one_file_and_runs_a_model(string name, params string[] options)
    {
        Assert.SkipUnless(name != "ahead-of-time" || HasLinker, "No C compiler is here to link with.");
        string folder = await WriteAsync(name);
        string published = Path.Combine(folder, "published");
        string log = await feed.DotnetAsync(folder, ["publish", "-c", "Release", "-o", published, "--use-current-runtime", "-p:DebugType=none", .. options]);
        string program = Path.Combine(published, "Program");

        string text = await feed.RunAsync(program, Model, Prompt);
        long start = Stopwatch.GetTimestamp();
        await feed.RunAsync(program, Model, Prompt);
        output.WriteLine(
            $"{name}: {new FileInfo(program).Length / 1e6:0.0} MB, {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms for a start and 24 tokens");

        Assert.DoesNotContain("warning", log, StringComparison.OrdinalIgnoreCase);
        Assert.Equal((await feed.TesseraAsync("run", Model, "-p", Prompt, "-n", "24", "--temp", "0")).Trim(), text.Trim());
        Assert.Empty(Directory.GetDirectories(published));
        Assert.DoesNotContain(Directory.GetFiles(published), file => Path.GetExtension(file) == ".dll");
    }

    [Fact]
    public async Task Without_parts_it_tells_what_kind_of_program_it_is()
    {
        string folder = await WriteAsync("nothing", parts: "");
        string published = Path.Combine(folder, "published");
        await feed.DotnetAsync(
            folder,
            "publish", "-c", "Release", "-o", published, "--use-current-runtime", "--self-contained", "-p:PublishTrimmed=true", "-p:PublishSingleFile=true");

        string error = await feed.RunAsync(Path.Combine(published, "Program"), Model, Prompt);

        Assert.Contains("this program was published trimmed and loads no plugins from folders", error, StringComparison.Ordinal);
        Assert.Contains("AddDefaultParts", error, StringComparison.Ordinal);
    }

    private static bool HasLinker => OperatingSystem.IsWindows()
        || Array.Exists(["/usr/bin/clang", "/usr/bin/gcc", "/usr/local/bin/clang", "/usr/local/bin/gcc"], File.Exists);

    /// <returns>The folder of the project.</returns>
    private async Task<string> WriteAsync(string name, string parts = "engine => engine.AddDefaultParts()")
    {
        string folder = Path.Combine(feed.Folder, $"published-{name}");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Tessera" Version="{feed.Version}" />
                <PackageReference Include="Microsoft.Extensions.DependencyInjection" Version="10.0.0" />
              </ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), $$"""
            using Microsoft.Extensions.DependencyInjection;
            using Tessera.Generation;
            using Tessera.Hosting;

            await using ServiceProvider services = new ServiceCollection().AddTessera({{parts}}).AddTesseraModel(args[0]).BuildServiceProvider();
            try
            {
                LanguageModel model = services.GetRequiredService<LanguageModel>();
                await using IModelSession session = model.CreateSession();
                var request = new GenerationRequest { Prompt = model.Encode(args[1]), MaxTokens = 24, Sampling = new SamplingOptions { Temperature = 0 } };
                await foreach (GeneratedToken token in session.GenerateAsync(request))
                {
                    Console.Write(token.Text);
                }
            }
            catch (Tessera.TesseraException e)
            {
                Console.WriteLine(e.Message);
            }
            """, TestContext.Current.CancellationToken);
        return folder;
    }
}
