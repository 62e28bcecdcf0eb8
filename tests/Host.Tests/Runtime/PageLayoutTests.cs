using Tessera.Memory;
using Tessera.Runtime.State;

namespace Tessera.Host.Tests.Runtime;

/// <summary>Whatever a model declares, a page has the size that it should have or there is none.</summary>
public class PageLayoutTests
{
    [Theory]
    [InlineData(KvCacheType.F32, 3L * 2 * 256 * 96 * 4)]
    [InlineData(KvCacheType.F16, 3L * 2 * 256 * 96 * 2)]
    [InlineData(KvCacheType.Q8_0, 3L * 2 * 256 * 96 / 32 * 34)]
    [InlineData(KvCacheType.I16, 3L * 2 * 256 * ((96 * 2) + (2 * 4)))]
    public void A_page_has_the_bytes_of_its_positions(KvCacheType type, long bytes) =>
        Assert.Equal(bytes, Assert.Single(Layout(3, 2, 64, 32, type).Groups).Bytes);

    [Fact]
    public void Caches_that_keep_equally_many_positions_share_pages_and_no_byte()
    {
        var states = new DeclaredStates();
        foreach (int window in (int[])[0, 512, 0, 512, 1024])
        {
            states.AddCache(2, 24, 20, window);
        }

        var layout = new PageLayout(states, KvCacheType.F16);

        Assert.Equal([0, 512, 1024], layout.Groups.Select(group => group.Window));
        foreach (var group in states.Caches.Select(layout.PlaceOf).GroupBy(place => place.Group))
        {
            long end = 0;
            foreach (CachePlace place in group)
            {
                Assert.Equal(end, place.KeysOf(0));
                Assert.Equal(place.ValuesOf(0), place.KeysOf(2));
                end = place.ValuesOf(2);
            }

            Assert.Equal(layout.Groups[group.Key].Bytes, end);
        }
    }

    [Theory]
    [InlineData(48, 64)]
    [InlineData(64, 16)]
    public void Heads_that_are_no_whole_blocks_of_the_type_are_refused(int keyLength, int valueLength) =>
        Assert.Throws<TesseraException>(() => Layout(1, 1, keyLength, valueLength, KvCacheType.Q8_0));

    [Fact]
    public void Pages_whose_size_no_number_holds_are_refused()
    {
        foreach (KvCacheType type in Enum.GetValues<KvCacheType>())
        {
            Assert.ThrowsAny<Exception>(() => Layout(1 << 10, 1 << 28, 1 << 16, 1 << 16, type));
        }
    }

    [Fact]
    public void What_the_system_does_not_give_is_refused_with_what_was_asked_for()
    {
        var error = Assert.Throws<TesseraException>(() => new SystemMemory(1L << 62, SystemMemory.Sessions));

        Assert.Equal($"The system does not give {1L << 62:N0} bytes of memory.", error.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData((1 << 16) - 1)]
    [InlineData(1 << 16)]
    [InlineData(5 << 20)]
    public unsafe void Memory_is_aligned_and_can_be_written_throughout(int length)
    {
        using var plain = new SystemMemory(length, SystemMemory.Sessions);
        using var large = new SystemMemory(length, SystemMemory.Sessions, largePages: true);
        foreach (SystemMemory memory in (SystemMemory[])[plain, large])
        {
            new Span<byte>(memory.First, length).Fill(7);

            Assert.Equal(0, (long)memory.First % 64);
            Assert.Equal(length, memory.Length);
        }
    }

    private static PageLayout Layout(int caches, int heads, int keyLength, int valueLength, KvCacheType type)
    {
        var states = new DeclaredStates();
        for (int i = 0; i < caches; i++)
        {
            states.AddCache(heads, keyLength, valueLength, window: 0);
        }

        return new PageLayout(states, type);
    }
}
