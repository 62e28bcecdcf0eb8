using Tessera.Gguf;
using Tessera.Tokenization;
using static Tessera.Host.Tests.Gguf.GgufTestFiles;

namespace Tessera.Host.Tests.Gguf;

/// <summary>
/// Damaged files load or are refused with a <see cref="GgufException"/>; nothing else comes out, and nothing beyond twice the file is
/// allocated. On top of it come what every file costs, and an error's message and stack trace: some 3 KB, whatever the file's size.
/// </summary>
public class GgufDamageTests
{
    private const int Mutants = 10_000;
    private const long FixedBytes = 16 * 1024;

    private static readonly ulong[] s_extremes =
    [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
        0x1_0000_0000, 1UL << 60, long.MaxValue, 1UL << 63, ulong.MaxValue - 31, ulong.MaxValue,
    ];

    [Fact]
    public void Cut_at_any_byte_a_file_is_refused_until_its_last_tensors_end()
    {
        byte[] whole = SmallModel(3);
        long end;
        using (GgufFile file = GgufFile.Read(whole, Name))
        {
            // The last tensor's format is unknown, so one byte of it is enough.
            end = file.Tensors[^1].Offset + 1;
        }

        for (int length = 0; length < whole.Length; length++)
        {
            Exception? outcome = Record.Exception(() => Load(whole.AsMemory(0, length)));
            if (length < end)
            {
                GgufException e = Assert.IsType<GgufException>(outcome);
                Assert.Equal(Name, e.File);
                Assert.NotEmpty(e.Place);
                Assert.InRange(e.Offset, 0, length);
            }
            else
            {
                Assert.Null(outcome);
            }
        }
    }

    [Fact]
    public async Task Ten_thousand_damaged_files_load_or_are_refused_within_twice_their_size()
    {
        (int loaded, int refused) = await Task.Run(LoadMutants, TestContext.Current.CancellationToken);

        Assert.Equal(Mutants, loaded + refused);
        Assert.InRange(loaded, 1000, Mutants - 1000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_most_and_smallest_entries_that_fit_load_within_twice_the_size(bool mapped)
    {
        byte[] keys = SmallestKeys(30_000);
        byte[] tensors = SmallestTensors(30_000);

        Assert.All([keys, tensors], file =>
        {
            long bytes = mapped ? AllocatedByMapping(file) : AllocatedBy(() => Load(file));
            Assert.InRange(bytes, 0, (2L * file.Length) + FixedBytes);
        });
    }

    [Fact]
    public void An_error_about_a_huge_name_stays_within_twice_the_size()
    {
        byte[] file = RawFile(0, 1, new string('\u00e9', 500_000), 13u, 0UL);
        static void Refused(byte[] file) => Assert.Throws<GgufException>(() => Load(file));
        Refused(RawFile(0, 1, "k", 13u, 0UL));

        Assert.InRange(AllocatedBy(() => Refused(file)), 0, FixedBytes);
    }

    private static (int Loaded, int Refused) LoadMutants()
    {
        byte[] original = SmallModel(1000);
        byte[] donor = SmallestTensors(100);
        int headerLength = OffsetOf(original, "private") + 64;
        var random = new Random(20260801);
        (int loaded, int refused) = (0, 0);
        Load(original);
        Record.Exception(() => Load(original.AsMemory(0, 100)));
        for (int i = 0; i < Mutants; i++)
        {
            byte[] mutant = Mutate(original, donor, headerLength, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            GgufFile? file = null;
            try
            {
                file = Load(mutant);
                loaded++;
            }
            catch (GgufException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"mutant {i}: {e}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= (2L * mutant.Length) + FixedBytes, $"mutant {i} of {mutant.Length} bytes: {allocated} bytes allocated");
            if (file is not null)
            {
                Use(file, i);
            }
        }

        return (loaded, refused);
    }

    private static byte[] Mutate(byte[] original, byte[] donor, int headerLength, Random random)
    {
        byte[] file = [.. original];
        int times = random.Next(1, 3);
        for (int i = 0; i < times && file.Length > 8; i++)
        {
            // Three of four at the front or the end of the header, where keys and tensors are; the middle is the vocabulary.
            int limit = Math.Min(headerLength, file.Length) - 8;
            int at = random.Next(4) switch
            {
                0 => random.Next(file.Length - 8),
                1 => random.Next(Math.Min(600, Math.Max(1, limit))),
                _ => Math.Max(0, limit - random.Next(400)),
            };
            ulong extreme = s_extremes[random.Next(s_extremes.Length)];
            switch (random.Next(7))
            {
                case 0: file[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: file[at] = (byte)random.Next(256); break;
                case 2: file.With(at, (uint)extreme); break;
                case 3: file.With(at, extreme); break;
                case 4: file.With(at, (ulong)random.Next(file.Length)); break;
                case 5: file = file[..random.Next(file.Length)]; break;
                default:
                    byte[] source = random.Next(2) == 0 ? donor : original;
                    int from = random.Next(source.Length);
                    file = [.. file[..at], .. source[from..Math.Min(source.Length, from + random.Next(200))],
                        .. file[Math.Min(file.Length, at + random.Next(200))..]];
                    break;
            }
        }

        return file;
    }

    /// <summary>A file that loaded can be read throughout: values by every getter, tensors inside it, the vocabulary.</summary>
    private static void Use(GgufFile file, int mutant)
    {
        foreach (string key in file.Metadata.Keys)
        {
            Assert.True(file.Metadata.TryGetValue(key, out GgufValue? value), $"mutant {mutant}, {key}");
            Exception? outcome = Record.Exception(() => Decode(value));
            Assert.True(outcome is null or OverflowException, $"mutant {mutant}, key {key} of {value.Type}, {value.ElementType}: {outcome}");
        }

        foreach (GgufTensor tensor in file.Tensors)
        {
            long bytes = GeometryOf(tensor.Type) is { } block ? tensor.ByteLength(block) : 1;
            Assert.True(tensor.Offset >= file.DataStart && tensor.Offset + bytes <= file.Length, $"mutant {mutant}, {tensor.Name}");
        }

        Assert.True(Record.Exception(() => Vocabulary.Read(file.Metadata, new SpecialTokens())) is null or GgufException, $"mutant {mutant}, vocabulary");
    }

    /// <summary>Reads a value by the getter that suits it; none suits nested arrays.</summary>
    private static object Decode(GgufValue value) => (value.Type, value.ElementType) switch
    {
        (GgufValueType.String, _) => value.AsString(),
        (GgufValueType.Float32 or GgufValueType.Float64, _) => value.AsFloat(),
        (GgufValueType.Bool, _) => value.AsBoolean(),
        (GgufValueType.Array, GgufValueType.Array) => value.Payload,
        (GgufValueType.Array, GgufValueType.String) => value.AsUtf8Strings().ToArray(),
        (GgufValueType.Array, GgufValueType.Float32 or GgufValueType.Float64) => value.AsFloats(),
        (GgufValueType.Array, _) => value.AsIntegers(),
        _ => value.AsInteger(),
    };

    private static GgufFile Load(ReadOnlyMemory<byte> bytes)
    {
        GgufFile file = GgufFile.Read(bytes, Name);
        file.CheckTensors(GeometryOf);
        return file;
    }

    private static long AllocatedByMapping(byte[] bytes)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            return AllocatedBy(() =>
            {
                using GgufFile file = GgufFile.Open(path);
                file.CheckTensors(GeometryOf);
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static long AllocatedBy(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Keys of three letters, each with a byte: 16 bytes an entry.</summary>
    private static byte[] SmallestKeys(int count) =>
        RawFile(0, (ulong)count, [.. Enumerable.Range(0, count).SelectMany(i => new object[] { ShortName(i), 0u, (byte)1 })]);

    /// <summary>Single bytes with an alignment of 1, the last first: 27 bytes an entry and one of data.</summary>
    private static byte[] SmallestTensors(int count) => RawFile(
        (ulong)count,
        1,
        ["general.alignment", 4u, 1u,
            .. Enumerable.Range(0, count).SelectMany(i => new object[] { ShortName(i), 0u, (uint)GgmlType.I8, (ulong)(count - 1 - i) }), new byte[count]]);

    private static string ShortName(int i) => $"{(char)('0' + (i / 3600))}{(char)('0' + (i / 60 % 60))}{(char)('0' + (i % 60))}";
}
