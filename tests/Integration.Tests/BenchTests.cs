using System.Text.Json;

namespace Tessera.Integration.Tests;

/// <summary>What <c>tessera bench</c> reports; never how fast it is.</summary>
public class BenchTests
{
    [Fact]
    public async Task Bench_as_json_gives_every_test_with_its_samples_and_limits()
    {
        CommandLineResult result = await CommandLine.RunAsync("bench", "-p", "4", "-n", "2", "-d", "0,8", "-t", "1,2", "-r", "2", "--limits", "--json");

        Assert.Equal(0, result.ExitCode);
        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        JsonElement[] tests = [.. json.GetProperty("tests").EnumerateArray()];
        Assert.Equal(["pp4", "tg2", "pp4 @ d8", "tg2 @ d8", "pp4", "tg2", "pp4 @ d8", "tg2 @ d8"], tests.Select(t => t.GetProperty("test").GetString()!));
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2], tests.Select(t => t.GetProperty("n_threads").GetInt32()));
        Assert.All(tests, test =>
        {
            Assert.Equal(2, test.GetProperty("samples_ts").GetArrayLength());
            Assert.True(test.GetProperty("avg_ts").GetDouble() > 0);
            Assert.True(test.GetProperty("limit").GetProperty("share").GetDouble() > 0);
            Assert.Equal(2, test.GetProperty("limit").GetProperty("samples_per_second").GetArrayLength());
        });

        // Every weight but those of norms and the embedding is multiplied once per token.
        Assert.Equal(3670016, tests[1].GetProperty("multiply_adds_per_token").GetDouble());
        Assert.True(tests[1].GetProperty("weight_bytes_per_token").GetDouble() < json.GetProperty("model_size").GetInt64());
        Assert.Equal(0, tests[1].GetProperty("thread_allocated_per_token").GetDouble());
        Assert.True(json.GetProperty("first_token_ms").GetDouble() > 0);
        Assert.True(json.GetProperty("peak_working_set").GetInt64() > 0);
        Assert.Equal("fast", json.GetProperty("numerics").GetString());
    }

    [Fact]
    public async Task Bench_writes_the_columns_of_llama_bench()
    {
        CommandLineResult result = await CommandLine.RunAsync("bench", "-p", "4", "-n", "0", "-r", "1", "-t", "1", "--numerics", "exact");

        Assert.Equal(0, result.ExitCode);
        string[][] rows = [.. result.Output.Trim().Split('\n')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        Assert.Equal(["model", "size", "params", "backend", "threads", "test", "t/s"], rows[0]);
        Assert.Equal("pp4", rows[2][5]);
        Assert.StartsWith("exact", rows[2][3], StringComparison.Ordinal);
        Assert.Equal(3, rows.Length);
    }

    [Theory]
    [InlineData("-p", "many")]
    [InlineData("-p", "1,,2")]
    [InlineData("-t", "0")]
    [InlineData("-r", "0")]
    [InlineData("-p", "0", "-n", "0")]
    [InlineData("-p", "100000")]
    public async Task What_cannot_be_measured_is_one_line_and_exit_code_1(params string[] arguments)
    {
        CommandLineResult result = await CommandLine.RunAsync(["bench", .. arguments]);

        Assert.Equal(1, result.ExitCode);
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.Empty(result.Output);
    }
}
