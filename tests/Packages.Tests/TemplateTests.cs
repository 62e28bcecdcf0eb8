namespace Tessera.Packages.Tests;

/// <summary>From <c>dotnet new</c> to a plugin that the tool lists. <see cref="PageTests"/> go the rest of the way with docs/write-a-plugin.md.</summary>
public class TemplateTests(LocalFeed feed)
{
    [Theory]
    [InlineData("quantization format Q9-X (4711)", "tessera-quant", "--format", "Q9-X", "--type-number", "4711", "--block", "256")]
    [InlineData("tokenizer my-words", "tessera-tokenizer", "--tokenizer", "my-words")]
    [InlineData("architecture my-model", "tessera-architecture", "--architecture", "my-model")]
    public async Task A_new_plugin_passes_its_tests_and_is_found(string export, string template, params string[] options)
    {
        string name = $"New.{template}";
        string folder = await feed.NewAsync(template, name, options);
        await feed.TestAsync(folder);

        string listed = await feed.TesseraAsync("plugins", "--plugins", PluginProject.OutputOf(folder));

        Assert.Contains(name, listed, StringComparison.Ordinal);
        Assert.Contains(export, listed, StringComparison.Ordinal);
        Assert.DoesNotContain("rejected", listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_format_that_takes_the_number_of_another_fails_its_tests_with_the_others_name()
    {
        string folder = await feed.NewAsync("tessera-quant", "Wrong.Number", "--type-number", "12");

        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => feed.DotnetAsync(folder, "test", "-c", "Release", "--filter", "LayoutTests"));

        Assert.Contains("tensor type 12 is Q4_K", failure.Message, StringComparison.Ordinal);
    }
}
