using System.Runtime.InteropServices;
using Tessera.Catalog;
using Tessera.Host.Tests.Loading;
using Tessera.Plugins.Management;

namespace Tessera.Host.Tests.Plugins.Management;

public class PluginSelfCheckTests
{
    [Fact]
    public void The_plugins_that_ship_pass()
    {
        PluginCatalog catalog = PluginFolder.Load(TinyEngine.Plugins);

        Assert.NotEmpty(catalog.Plugins);
        Assert.All(catalog.Plugins, plugin => Assert.Empty(PluginSelfCheck.FindProblems(catalog, plugin)));
    }

    [Theory]
    [InlineData("Off (220)", "Scalar, mapped: row 0 gives")]
    [InlineData("Off (220)", "its dequantized weights give")]
    [InlineData("Batch (221)", "in a batch of 5 tokens")]
    [InlineData("Infinite (222)", "of 1000 random blocks none has finite weights")]
    public void A_format_that_computes_something_else_is_found(string format, string problem)
    {
        using var folder = new PluginFolder("WrongProducts");

        IReadOnlyList<string> problems = Check(folder);

        Assert.Contains(
            problems, p => p.Contains($"{format} of TestPlugins.WrongProducts", StringComparison.Ordinal) && p.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_part_that_fails_is_a_problem_and_none_stops_the_others()
    {
        using var folder = new PluginFolder("Throwing");

        IReadOnlyList<string> problems = Check(folder);

        Assert.All(
            (string[])["no luck in the constructor", "no luck in Bind", "no luck in the kernel", "no luck in Dequantize", "it returns a matrix of 38 x 96"],
            reason => Assert.Contains(problems, p => p.Contains(reason, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Plain", 2f, true)]
    [InlineData("216", 2f, true)]
    [InlineData("Plain", 2.0000002f, false)]
    [InlineData("216", 2.0000002f, false)]
    public void Golden_data_in_the_plugins_folder_is_compared_to_the_bit(string name, float second, bool passes)
    {
        using var folder = new PluginFolder("Plain");
        WriteGolden(folder, name, [1, 2], [1, second]);

        Assert.Equal(
            passes
                ? []
                : [$"The quantization format Plain (216) of TestPlugins.Plain: golden data: value 1 of 'golden/{name}.f32' is 2.0000002, dequantized is 2."],
            Check(folder));
    }

    [Fact]
    public void Golden_data_of_another_length_is_a_problem()
    {
        using var folder = new PluginFolder("Plain");
        WriteGolden(folder, "Plain", [1, 2], []);

        Assert.Contains("golden data", Assert.Single(Check(folder)), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Check(PluginFolder folder)
    {
        PluginCatalog catalog = folder.Load();
        return PluginSelfCheck.FindProblems(catalog, Assert.Single(catalog.Plugins));
    }

    private static void WriteGolden(PluginFolder folder, string name, float[] blocks, float[] values)
    {
        string golden = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(folder.FileOf("Plain"))!, "golden")).FullName;
        File.WriteAllBytes(Path.Combine(golden, $"{name}.blocks"), MemoryMarshal.AsBytes<float>(blocks));
        File.WriteAllBytes(Path.Combine(golden, $"{name}.f32"), MemoryMarshal.AsBytes<float>(values));
    }
}
