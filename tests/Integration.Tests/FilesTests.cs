using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tessera.Conformance;
using Tessera.Gguf;

namespace Tessera.Integration.Tests;

/// <summary>The files that commands read and write, of all kinds.</summary>
public sealed class FilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _text;

    public FilesTests()
    {
        _model = _folder.File("model.gguf");
        _text = _folder.File("text.txt");
        File.Copy(Path.Combine(CommandLine.Folder, "models", "shakespeare.Q4_K_M.gguf"), _model);
        File.WriteAllText(_text, string.Concat(Enumerable.Repeat("To be, or not to be, that is the question. ", 20)));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>llama-perplexity's figures; ours are within what they are computed with.</summary>
    [Theory]
    [InlineData("../cases/p3.txt", 4.8956)]
    [InlineData("../cases/p7.txt", 6839.7)]
    public async Task A_byte_order_mark_and_bytes_that_are_no_utf_8_count_as_in_the_reference(string text, double expected)
    {
        CommandLineResult result = await CommandLine.RunAsync(
            "perplexity", Golden.Path("models/stories3M.f16.gguf"), "-f", Golden.Path(text), "-c", "32", "--numerics", "exact", "--json");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(expected, JsonDocument.Parse(result.Output).RootElement.GetProperty("perplexity").GetProperty("value").GetDouble(), expected * 0.001);
    }

    [Theory]
    [InlineData("perplexity", "MODEL", "-f", "text.txt", "-c", "16", "--save-logits", "text.txt")]
    [InlineData("perplexity", "MODEL", "-f", "text.txt", "-c", "16", "--save-logits", "MODEL")]
    [InlineData("imatrix", "MODEL", "-f", "text.txt", "-c", "16", "-o", "text.txt")]
    [InlineData("imatrix", "MODEL", "-f", "text.txt", "-c", "16", "-o", "MODEL")]
    [InlineData("logits", "MODEL", "--ids", "1,2,3", "-o", "MODEL")]
    [InlineData("trace", "MODEL", "--ids", "1,2,3", "-o", "MODEL")]
    [InlineData("quantize", "MODEL", "MODEL", "F16", "--allow-requantize")]
    [InlineData("inspect", "link.png", "--plot", "link.png")]
    [InlineData("compare", "link.png", "--ids", "1,2,3", "--plot", "link.png")]
    public async Task What_a_command_reads_it_does_not_write_over(params string[] arguments)
    {
        File.CreateSymbolicLink(_folder.File("link.png"), "model.gguf");
        byte[][] before = [await ReadAsync(_model), await ReadAsync(_text)];

        CommandLineResult result = await CommandLine.RunAsync(InFolder(arguments));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is not replaced", Assert.Single(Errors(result)), StringComparison.Ordinal);
        Assert.Equal(before, [await ReadAsync(_model), await ReadAsync(_text)]);
        Assert.Equal(["link.png", "model.gguf", "text.txt"], FilesLeft());
    }

    [Theory]
    [InlineData("logits", "MODEL", "--ids", "1,2,3", "-o", "/dev/full")]
    [InlineData("trace", "MODEL", "--ids", "1,2,3", "-o", "/dev/full")]
    [InlineData("imatrix", "MODEL", "-f", "text.txt", "-c", "16", "-o", "/dev/full")]
    [InlineData("perplexity", "MODEL", "-f", "text.txt", "-c", "16", "--save-logits", "/dev/full")]
    [InlineData("quantize", "MODEL", "/dev/full", "F16", "--allow-requantize")]
    public async Task A_full_device_is_an_error_and_stays_a_device(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");

        CommandLineResult result = await CommandLine.RunAsync(InFolder(arguments));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("/dev/full", Errors(result)[^1], StringComparison.Ordinal);
        Assert.Throws<IOException>(() => File.WriteAllText("/dev/full", "still full"));
    }

    [Theory]
    [InlineData("perplexity", "MODEL", "-f", "DEVICE")]
    [InlineData("perplexity", "MODEL", "--kl-base", "DEVICE")]
    [InlineData("imatrix", "MODEL", "-f", "DEVICE", "-o", "out")]
    [InlineData("quantize", "MODEL", "out", "F16", "--allow-requantize", "--imatrix", "DEVICE")]
    [InlineData("tokenize", "MODEL", "--file", "DEVICE")]
    [InlineData("tokenize", "MODEL", "a", "--tokenizer", "DEVICE")]
    [InlineData("compare", "DEVICE", "MODEL")]
    [InlineData("compare", "--tokens", "MODEL", "DEVICE")]
    [InlineData("run", "DEVICE")]
    public async Task Endless_and_special_files_are_refused(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "there is no /dev/zero");
        using (Process mkfifo = Process.Start("mkfifo", [_folder.File("pipe")]))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        foreach (string special in (string[])["/dev/zero", _folder.File("pipe")])
        {
            CommandLineResult result = await CommandLine.RunAsync([.. InFolder(arguments).Select(argument => argument == "DEVICE" ? special : argument)]);

            Assert.Equal(2, result.ExitCode);
            Assert.Contains(special, Assert.Single(Errors(result)), StringComparison.Ordinal);
        }

        Assert.Equal(["model.gguf", "pipe", "text.txt"], FilesLeft());
    }

    [Theory]
    [InlineData("\xEF\xBB\xBF{\"text\":\"a\"}\r\n\r\n{\"text\":\"b\"}", 2, 0, "")]
    [InlineData("{\"text\":\"a\"}\n\n{\"text\":\"\xFF\"}", 1, 2, "line 3")]
    [InlineData("{\"text\":\"\\ud800\"}", 0, 2, "line 1")]
    [InlineData("[\"text\"]", 0, 2, "line 1")]
    public async Task Lines_of_json_are_utf_8(string content, int lines, int exitCode, string problem)
    {
        File.WriteAllText(_folder.File("texts.jsonl"), content, Encoding.Latin1);

        CommandLineResult result = await CommandLine.RunAsync("tokenize", _model, "--file", _folder.File("texts.jsonl"));

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(lines, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_comes_through_standard_input_and_the_substitution_of_processes()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no bash");
        string tessera = $"dotnet '{Path.Combine(CommandLine.Folder, "tessera.dll")}'";
        CommandLineResult file = await CommandLine.RunAsync("perplexity", _model, "-f", _text, "-c", "16");

        foreach (string text in (string[])[$"-f <(cat '{_text}')", $"-f /dev/stdin < '{_text}'"])
        {
            var start = new ProcessStartInfo("/bin/bash", ["-c", $"{tessera} perplexity '{_model}' -c 16 {text}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.Equal(file.Output, await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
            Assert.Contains("perplexity", await errors, StringComparison.Ordinal);
        }

        Assert.StartsWith("perplexity ", file.Output, StringComparison.Ordinal);
    }

    /// <summary>Work for minutes: a tensor far larger than memory, of which the disk holds nothing, or a text of a million tokens.</summary>
    [Theory]
    [InlineData("INT", "quantize", "large.gguf", "out", "Q4_K_M")]
    [InlineData("TERM", "quantize", "large.gguf", "out", "Q4_K_M")]
    [InlineData("HUP", "quantize", "large.gguf", "out", "Q4_K_M")]
    [InlineData("QUIT", "quantize", "large.gguf", "out", "Q4_K_M")]
    [InlineData("INT", "inspect", "large.gguf", "--plot", "out.png")]
    [InlineData("INT", "perplexity", "MODEL", "-f", "long.txt", "--save-logits", "out")]
    [InlineData("INT", "imatrix", "MODEL", "-f", "long.txt", "-o", "out")]
    public async Task An_interruption_leaves_nothing(string signal, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a process is interrupted with a signal");
        File.WriteAllLines(_folder.File("long.txt"), Enumerable.Range(0, 200_000).Select(i => $"Line {i} of many."));
        WriteLargeModel(_folder.File("large.gguf"));

        CommandLineResult result = await Interruption.AtFirstFileAsync(_folder.Path, signal, InFolder(arguments));

        // 143: asked by SIGTERM it could not end in time, and was ended.
        Assert.Contains(result.ExitCode, signal == "TERM" ? [130, 143] : (int[])[130]);
        Assert.Equal(["large.gguf", "long.txt", "model.gguf", "text.txt"], FilesLeft());
    }

    private static void WriteLargeModel(string path)
    {
        const int Columns = 4096;
        const int Rows = 1 << 24;
        const long Length = (long)sizeof(float) * Columns * Rows;
        var writer = new GgufWriter();
        writer.Set("general.architecture", "llama");
        writer.AddTensor("blk.0.ffn_up.weight", GgmlType.F32, [Columns, Rows], Length, stream =>
        {
            stream.SetLength(stream.Position + Length);
            stream.Position += Length;
        });
        writer.SaveTo(path);
    }

    private string[] InFolder(string[] arguments) => Array.ConvertAll(arguments, argument =>
        argument == "MODEL" ? _model : argument is "out" || argument.Contains('.', StringComparison.Ordinal) ? _folder.File(argument) : argument);

    private IEnumerable<string> FilesLeft() =>
        Directory.GetFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static string[] Errors(CommandLineResult result) =>
        [.. result.Error.Trim().Split('\n').Where(line => line.StartsWith("tessera: ", StringComparison.Ordinal))];

    private static Task<byte[]> ReadAsync(string path) => File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
}
