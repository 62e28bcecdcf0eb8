using Tessera.Architecture.Llama.Tests;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Loading;

namespace Tessera.Host.Tests.Loading;

/// <summary>A model's file that somebody writes while it is in use.</summary>
public class ChangedFileTests(TinyEngine engine)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_writer_that_looks_at_locks_is_kept_out_until_the_model_is_disposed()
    {
        string path = Save();
        using (LanguageModel model = await LoadAsync(path, map: true))
        {
            Assert.Throws<IOException>(() => File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }

        File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
    }

    [Fact]
    public async Task Another_length_or_other_bytes_are_noticed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps every writer out");
        Action<FileStream>[] changes = [file => file.SetLength(file.Length + 1), file => Flip(file, file.Length - 1)];
        foreach (Action<FileStream> change in changes)
        {
            string path = Save();
            using LanguageModel model = await LoadAsync(path, map: true);
            using IModelSession session = model.CreateSession();
            session.Evaluate([1, 2, 3], new float[32], Cancellation);

            Write(path, change);

            AssertNoticed(path, Assert.Throws<GgufException>(() => session.Evaluate([4, 5], new float[32], Cancellation)));
            AssertNoticed(path, Assert.Throws<GgufException>(() => session.Generate(new GenerationRequest { Prompt = [1, 2] }, Cancellation).First()));
            AssertNoticed(path, Assert.Throws<GgufException>(() => model.CreateSession()));
        }
    }

    [Fact]
    public async Task A_change_during_a_generation_is_noticed_at_its_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps every writer out");
        string path = Save();
        using LanguageModel model = await LoadAsync(path, map: true);
        using IModelSession session = model.CreateSession();
        var request = new GenerationRequest { Prompt = [1, 2], MaxTokens = 5, IgnoreEndOfGeneration = true };
        int tokens = 0;

        var error = Assert.Throws<GgufException>(() =>
        {
            foreach (GeneratedToken _ in session.Generate(request, Cancellation))
            {
                tokens++;
                Write(path, file => Flip(file, file.Length - 1));
            }
        });

        AssertNoticed(path, error);
        Assert.Equal(4, tokens);
    }

    [Fact]
    public async Task A_change_while_a_model_loads_is_noticed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps every writer out");
        string path = Save();
        var progress = new Observer(() => Write(path, file => Flip(file, file.Length - 1)));

        AssertNoticed(path, await Assert.ThrowsAsync<GgufException>(() => engine.Loader.LoadAsync(path, progress: progress, cancellationToken: Cancellation)));
    }

    [Fact]
    public async Task What_was_read_into_memory_computes_the_same_whatever_becomes_of_the_file()
    {
        string path = Save();
        using LanguageModel mapped = await LoadAsync(path, map: true);
        float[] expected = Logits(mapped);
        string other = Save();
        using LanguageModel read = await LoadAsync(other, map: false);

        File.WriteAllBytes(other, []);

        Assert.Equal(expected, Logits(read));
    }

    [Fact]
    public void A_bad_file_is_refused_in_memory_as_it_is_mapped()
    {
        string path = Save();
        File.WriteAllBytes(path, [.. File.ReadAllBytes(path).Take(300)]);

        var mapped = Assert.Throws<GgufException>(() => GgufFile.Open(path, map: true));
        var read = Assert.Throws<GgufException>(() => GgufFile.Open(path, map: false));

        Assert.Equal(mapped.Message, read.Message);
        Assert.Throws<GgufException>(() => GgufFile.Open(Path.Combine(Path.GetTempPath(), "no such model.gguf"), map: false));
    }

    /// <summary>A model whose file was written long ago: what is written now has another time however coarse the system's are.</summary>
    private string Save()
    {
        string path = engine.Save(new TinyLlama().WithVocabulary());
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        return path;
    }

    private Task<LanguageModel> LoadAsync(string path, bool map) =>
        engine.Loader.LoadAsync(path, new ModelOptions { Threads = 2, Map = map }, cancellationToken: Cancellation);

    private static float[] Logits(LanguageModel model)
    {
        using IModelSession session = model.CreateSession();
        var logits = new float[32];
        session.Evaluate([1, 2, 3], logits, Cancellation);
        return logits;
    }

    private static void Write(string path, Action<FileStream> change)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        change(file);
    }

    private static void Flip(FileStream file, long offset)
    {
        file.Position = offset;
        int value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)~value);
    }

    private static void AssertNoticed(string path, GgufException error) =>
        Assert.Equal($"{path}: the file has changed since it was opened; load the model again.", error.Message);

    private sealed class Observer(Action report) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => report();
    }
}
