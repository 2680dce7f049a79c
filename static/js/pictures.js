/* A picture that is still being fetched is asked for again, a few times, later and later. */
(function (d) {
  d.querySelectorAll('img[data-again]').forEach(function (picture) {
    var address = picture.src;
    var times = 0;
    function later() {
      if (times === 3) return;
      times += 1;
      setTimeout(function () { picture.src = address + '?again=' + times; }, 1000 * Math.pow(2, times));
    }
    picture.addEventListener('error', later);
    if (picture.currentSrc && picture.complete && !picture.naturalWidth) later();
  });
})(document);
